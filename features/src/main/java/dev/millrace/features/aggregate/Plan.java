package dev.millrace.features.aggregate;

import java.util.List;

/**
 * The features to compute for each event of an entity. Features with the same input and filter
 * share a slot; an event has one value for each slot, null where the event does not count.
 */
public final class Plan {
  /**
   * One feature.
   *
   * @param slot index of its input in an event's values
   */
  public record Output(Operation operation, int slot, Window window) {}

  private final List<Output> outputs;
  private final List<Window> windows;
  private final int[] windowOf;
  private final int[] keeps;
  private final long retentionMillis;
  private final boolean exact;

  /**
   * @param outputs the features, in the order of their values in a row
   * @param exact whether the features of busy entities are exact, too, with memory for each event
   *     time that is not closed
   */
  public Plan(List<Output> outputs, boolean exact) {
    this.exact = exact;
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a plan needs at least one output");
    }
    this.outputs = List.copyOf(outputs);
    this.windows = outputs.stream().map(Output::window).distinct().toList();
    this.windowOf = outputs.stream().mapToInt(o -> windows.indexOf(o.window())).toArray();
    this.keeps = new int[outputs.stream().mapToInt(Output::slot).max().orElseThrow() + 1];
    outputs.forEach(output -> keeps[output.slot()] |= output.operation().keeps);
    this.retentionMillis =
        windows.stream().mapToLong(w -> w.lengthMillis() + w.hopMillis()).max().orElseThrow();
  }

  boolean isExact() {
    return exact;
  }

  public List<Output> outputs() {
    return outputs;
  }

  /**
   * The time after an entity's newest event from which on no window of an event that is not late
   * contains it.
   */
  public long retentionMillis() {
    return retentionMillis;
  }

  /** The distinct windows. */
  List<Window> windows() {
    return windows;
  }

  /** By output, the index of its window. */
  int[] windowOf() {
    return windowOf;
  }

  /** By slot, the bit set of the parts of a {@link Partial} that its features need. */
  int[] keeps() {
    return keeps;
  }

  @Override
  public String toString() {
    return "Plan" + outputs;
  }
}
