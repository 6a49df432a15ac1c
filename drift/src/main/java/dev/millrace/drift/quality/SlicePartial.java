package dev.millrace.drift.quality;

import java.util.List;

/**
 * The counts of one slice that a subtask has made. Partials of one slice and window add up exactly,
 * in any order and any number.
 *
 * @param slice its name, see {@link SliceName}
 * @param predictions predictions with a score
 * @param counts encoded by {@link SliceCounts}, at most one; empty where only predictions were
 *     counted
 */
public record SlicePartial(String slice, long predictions, List<byte[]> counts) {
  /** The sum of two partials, under the name of this one. */
  public SlicePartial plus(SlicePartial other) {
    List<byte[]> sum = counts.isEmpty() ? other.counts : counts;
    if (!counts.isEmpty() && !other.counts.isEmpty()) {
      sum = List.of(decoded().add(other.counts.get(0)).toBytes());
    }
    return new SlicePartial(slice, predictions + other.predictions, sum);
  }

  /** This partial under another name. */
  SlicePartial as(String name) {
    return new SlicePartial(name, predictions, counts);
  }

  /** The number of predictions alone. */
  public SlicePartial withoutCounts() {
    return new SlicePartial(slice, predictions, List.of());
  }

  SliceCounts decoded() {
    SliceCounts decoded = new SliceCounts();
    counts.forEach(decoded::add);
    return decoded;
  }
}
