package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Disparity.Measure;
import dev.millrace.drift.quality.RateHistory.Ratio;
import java.util.ArrayList;
import java.util.List;

/**
 * The ratios that have alarmed and are part of an alert until it ends. A p-value crosses its level
 * again and again while a disparity is constant, so the estimate decides about the end: each of
 * these ratios must be within the limits, in as many windows as any alert takes to end, without a
 * window between them in which one is beyond. A window in which one cannot be compared changes
 * nothing, unless its newest data are {@value RateHistory#MOST_UNITS} units old: then the slice has
 * disappeared, and does not hold the alert any more.
 *
 * @param pairs in the order in which they alarmed; empty outside an alert
 * @param calmWindows windows since one of them was beyond the limits
 */
public record OpenDisparities(List<Pair> pairs, int calmWindows) {
  /** A ratio from it to its inverse is no disparity, if the limit is nearer to 1. */
  private static final double NEARLY_EQUAL = 0.95;

  /** Outside an alert. */
  public static final OpenDisparities NONE = new OpenDisparities(List.of(), 0);

  /** Copies the pairs. */
  public OpenDisparities {
    pairs = List.copyOf(pairs);
  }

  /**
   * A ratio that has alarmed.
   *
   * @param newestUnit the newest day or window that it was computed from, see {@link
   *     RateHistory.Unit#number}
   */
  public record Pair(String slice, Measure measure, long newestUnit) {
    private static Pair of(Ratio ratio) {
      return new Pair(ratio.slice(), ratio.measure(), ratio.newestUnit());
    }

    private boolean isOf(Ratio ratio) {
      return slice.equals(ratio.slice()) && measure == ratio.measure();
    }

    private boolean hasDisappeared(long unit) {
      return unit - newestUnit >= RateHistory.MOST_UNITS;
    }
  }

  /**
   * What a window says of the ratios of an alert.
   *
   * @param beyond those beyond the limits, and those that alarm for the first time
   * @param notCompared those that could not be compared, disappeared ones included
   * @param calm whether it counts towards the end of an alert; outside one, whether anything was
   *     compared
   * @param open for the next window
   */
  record Step(List<Ratio> beyond, List<Pair> notCompared, boolean calm, OpenDisparities open) {}

  /**
   * Adds the next window.
   *
   * @param compared all ratios of the window
   * @param found those of them that alarm
   * @param unit the day or window, see {@link RateHistory.Unit#number}
   * @param limit a ratio below it, or above its inverse, is a disparity
   * @param recoveryWindows calm windows that end an alert
   */
  Step next(List<Ratio> compared, List<Ratio> found, long unit, double limit, int recoveryWindows) {
    List<Ratio> beyond = new ArrayList<>();
    List<Pair> notCompared = new ArrayList<>();
    List<Pair> kept = new ArrayList<>();
    for (Pair pair : pairs) {
      Ratio ratio = compared.stream().filter(pair::isOf).findFirst().orElse(null);
      if (ratio == null) {
        notCompared.add(pair);
        kept.add(pair);
      } else {
        kept.add(Pair.of(ratio));
        if (ratio.isBeyond(Math.min(limit, NEARLY_EQUAL))) {
          beyond.add(ratio);
        }
      }
    }
    for (Ratio each : found) {
      if (pairs.stream().noneMatch(pair -> pair.isOf(each))) {
        kept.removeIf(pair -> pair.hasDisappeared(unit)); // This bounds their number.
        kept.add(Pair.of(each));
        beyond.add(each);
      }
    }
    boolean known = notCompared.stream().allMatch(pair -> pair.hasDisappeared(unit));
    boolean calm = beyond.isEmpty() && (pairs.isEmpty() ? !compared.isEmpty() : known);
    return new Step(
        List.copyOf(beyond),
        List.copyOf(notCompared),
        calm,
        after(kept, beyond.isEmpty() ? calmWindows + (calm ? 1 : 0) : 0, recoveryWindows));
  }

  private static OpenDisparities after(List<Pair> kept, int calmWindows, int recoveryWindows) {
    return kept.isEmpty() || calmWindows >= recoveryWindows
        ? NONE
        : new OpenDisparities(kept, calmWindows);
  }
}
