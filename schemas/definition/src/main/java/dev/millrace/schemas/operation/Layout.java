package dev.millrace.schemas.operation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of the {@link Partial}s of one input: those that its operations need. Immutable. */
public final class Layout {
  private final List<Class<?>> kinds;
  private final PartSpec[] specs;

  /** The index of a part that holds a single value with time and order; -1 if there is none. */
  private final int eventPart;

  /**
   * The index of a part that holds a single value, where all parts can be made from its number; -1
   * if there is none.
   */
  private final int numberPart;

  private Layout(List<PartSpec> specs) {
    this.kinds = List.copyOf(specs.stream().map(Object::getClass).toList());
    this.specs = specs.toArray(PartSpec[]::new);
    int latest = kinds.indexOf(Latest.Spec.class);
    this.eventPart = latest >= 0 ? latest : kinds.indexOf(Earliest.Spec.class);
    boolean numeric = specs.stream().allMatch(PartSpec::isNumeric);
    this.numberPart = numeric ? kinds.indexOf(Sums.Spec.class) : -1;
  }

  /**
   * The layout for some operations.
   *
   * @param needed what each of them needs; null: only the count
   */
  public static Layout of(List<? extends @Nullable PartSpec> needed) {
    Map<Class<?>, PartSpec> specs = new LinkedHashMap<>();
    for (PartSpec spec : needed) {
      if (spec != null) {
        specs.merge(spec.getClass(), spec, PartSpec::union);
      }
    }
    return new Layout(new ArrayList<>(specs.values()));
  }

  int size() {
    return specs.length;
  }

  /** The index of the part of that kind; -1 for null. */
  int indexOf(@Nullable PartSpec spec) {
    return spec == null ? -1 : kinds.indexOf(spec.getClass());
  }

  Part[] create() {
    Part[] parts = new Part[specs.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = specs[i].create();
    }
    return parts;
  }

  int eventPart() {
    return eventPart;
  }

  int numberPart() {
    return numberPart;
  }
}
