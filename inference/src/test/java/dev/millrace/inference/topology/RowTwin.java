package dev.millrace.inference.topology;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest row of an entity, found the simplest way, as an oracle: by replaying all rows and
 * tombstones.
 */
final class RowTwin {
  /**
   * A row or tombstone.
   *
   * @param sum null: a tombstone
   */
  record Step(String view, String entity, long time, long sequence, @Nullable Double sum) {
    boolean isNewerThan(Step other) {
      return time > other.time || (time == other.time && sequence >= other.sequence);
    }
  }

  private final List<Step> steps = new ArrayList<>();

  void add(Step step) {
    steps.add(step);
  }

  /** The value for an event; null: none that is as of the event's time or earlier. */
  @Nullable Double find(String view, @Nullable String entity, long time) {
    Step newest = null;
    for (Step step : steps) {
      if (!step.view.equals(view) || !step.entity.equals(entity)) {
        continue;
      }
      if (step.sum == null) {
        newest = newest != null && newest.time <= step.time ? null : newest;
      } else if (newest == null || step.isNewerThan(newest)) {
        newest = step;
      }
    }
    boolean isUsed =
        newest != null && newest.time <= time && time - newest.time <= Payments.TTL.toMillis();
    return newest != null && isUsed ? newest.sum : null;
  }
}
