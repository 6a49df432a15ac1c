package dev.millrace.features.aggregate;

import dev.millrace.schemas.operation.Calculation;
import dev.millrace.schemas.operation.Layout;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The features to compute for each event of an entity. Features with the same input and filter
 * share a slot; an event has one value for each slot, null where the event does not count.
 */
public final class Plan {
  /**
   * One feature.
   *
   * @param argument of the operation; null if it takes none
   * @param slot index of its input in an event's values
   */
  public record Output(Operation operation, @Nullable String argument, int slot, Window window) {
    /** A feature of an operation without an argument. */
    public Output(Operation operation, int slot, Window window) {
      this(operation, null, slot, window);
    }
  }

  private final List<Output> outputs;
  private final List<Window> windows;
  private final int[] windowOf;
  private final int[] slotOf;
  private final Layout[] layouts;
  private final Calculation[] calculations;
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
    this.slotOf = outputs.stream().mapToInt(Output::slot).toArray();
    this.layouts = new Layout[outputs.stream().mapToInt(Output::slot).max().orElseThrow() + 1];
    for (int slot = 0; slot < layouts.length; slot++) {
      layouts[slot] = layout(slot);
    }
    this.calculations =
        outputs.stream()
            .map(o -> new Calculation(o.operation(), o.argument(), o.window(), layouts[o.slot()]))
            .toArray(Calculation[]::new);
    this.retentionMillis =
        windows.stream()
            .filter(window -> !window.isUnbounded())
            .mapToLong(Window::retentionMillis)
            .max()
            .orElse(0);
  }

  private Layout layout(int slot) {
    return Layout.of(
        outputs.stream()
            .filter(output -> output.slot() == slot)
            .flatMap(output -> Stream.ofNullable(output.operation().part(output.argument())))
            .toList());
  }

  boolean isExact() {
    return exact;
  }

  public List<Output> outputs() {
    return outputs;
  }

  /**
   * The time after an entity's newest event from which on no window of an event that is not late
   * contains it; windows without a bound are left out.
   */
  public long retentionMillis() {
    return retentionMillis;
  }

  /** Whether a window without a bound contains each event for ever. */
  public boolean isUnbounded() {
    return windows.stream().anyMatch(Window::isUnbounded);
  }

  /** The distinct windows. */
  List<Window> windows() {
    return windows;
  }

  /** By output, the index of its window. */
  int[] windowOf() {
    return windowOf;
  }

  /** By output, its slot. */
  int[] slotOf() {
    return slotOf;
  }

  /** By slot, the parts of a partial result that its features need. */
  Layout[] layouts() {
    return layouts;
  }

  /** By output, how its value follows from the partial result of its window. */
  Calculation[] calculations() {
    return calculations;
  }

  @Override
  public String toString() {
    return "Plan" + outputs;
  }
}
