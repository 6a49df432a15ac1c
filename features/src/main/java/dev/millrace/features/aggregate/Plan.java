package dev.millrace.features.aggregate;

import java.util.Arrays;
import java.util.List;

/**
 * What is computed for each event of an entity. An input that several features share (with the same
 * filter) is one slot; an event brings one value for each slot, null where it does not count.
 *
 * @param outputs the features, in the order of their values in a row
 */
public record Plan(List<Output> outputs) {
  /**
   * One feature.
   *
   * @param slot index of its input in an event's values
   */
  public record Output(Operation operation, int slot, Window window) {}

  public Plan {
    outputs = List.copyOf(outputs);
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a plan needs at least one output");
    }
  }

  public int slots() {
    return outputs.stream().mapToInt(Output::slot).max().orElseThrow() + 1;
  }

  /**
   * After this time without events nothing of an entity can be seen by an event that is not late.
   */
  public long retentionMillis() {
    return windows().stream()
        .mapToLong(window -> window.lengthMillis() + window.hopMillis())
        .max()
        .orElseThrow();
  }

  /** The windows that occur, each once. */
  List<Window> windows() {
    return outputs.stream().map(Output::window).distinct().toList();
  }

  /** By slot, the parts of a {@link Partial} that its features need. */
  int[] keeps() {
    int[] keeps = new int[slots()];
    Arrays.setAll(
        keeps,
        slot ->
            outputs.stream()
                .filter(output -> output.slot() == slot)
                .mapToInt(output -> output.operation().keeps)
                .reduce(0, (left, right) -> left | right));
    return keeps;
  }
}
