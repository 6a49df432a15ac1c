package dev.millrace.drift.profile;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The slices of a reference.
 *
 * @param slices in the order in which they are counted; those of one input follow each other
 * @param source reads their references; it is serialized instead of them
 */
public record Slicing(List<Slice> slices, Source source) implements Serializable {
  /** Without slices. */
  public static final Slicing NONE = new Slicing(List.of(), length -> List.of());

  /** Reads the references of the slices. */
  public interface Source extends Serializable {
    /**
     * The references of each slice, in their order.
     *
     * @param length of the blocks; there are none of another length
     */
    List<SliceReference> of(Duration length);
  }

  /** Copies the slices. */
  public Slicing {
    slices = List.copyOf(slices);
  }

  /** The slices without their references, which only the comparison of windows needs. */
  Slicing withoutReferences() {
    return new Slicing(slices, NONE.source);
  }

  /** The names of the slices. */
  List<String> names() {
    return slices.stream().map(Slice::name).toList();
  }
}
