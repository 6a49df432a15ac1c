package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.quality.OpenDisparities.Pair;
import dev.millrace.drift.quality.RateHistory.Ratio;
import dev.millrace.drift.quality.RateHistory.Unit;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds lasting differences of the rates of slices from those of all other rows. In a single window
 * rates of slices differ, since the rows of a slice have causes in common; so the window is the
 * unit, or the day where windows are shorter: the ratio over the newest 10 to 30 of them must be
 * beyond the limits by more than they vary. What has alarmed lasts until {@link OpenDisparities}
 * finds that it has ended.
 */
public final class FairnessMonitor implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Duration DAY = Duration.ofDays(1);

  private final double alpha;
  private final double limit;
  private final int minSamples;
  private final int recoveryWindows;
  private final long windowMillis;
  private final long unitMillis;

  /**
   * @param alpha probability of a false alarm in one window, the cause's share of the budget
   * @param limit a ratio below it, or above its inverse, is a disparity; 0: none is
   * @param minSamples rows of a unit below which it is not compared
   * @param recoveryWindows windows within the limits that end an alert
   * @param span length of a window, and of the season; days are compared unless it is shorter
   */
  public FairnessMonitor(
      double alpha, double limit, int minSamples, int recoveryWindows, CalmSpan span) {
    this.alpha = alpha;
    this.limit = limit;
    this.minSamples = minSamples;
    this.recoveryWindows = recoveryWindows;
    this.windowMillis = span.windowMillis();
    this.unitMillis = Math.max(windowMillis, span.atMost(DAY).seasonMillis());
  }

  /**
   * The state after earlier windows.
   *
   * @param histories in the order of their slices
   * @param open the ratios of an alert that lasts
   */
  public record Memory(List<RateHistory> histories, OpenDisparities open) {
    /** Before the first window. */
    public static final Memory NONE = new Memory(List.of(), OpenDisparities.NONE);

    /** Copies the histories. */
    public Memory {
      histories = List.copyOf(histories);
    }
  }

  /**
   * The result after a window.
   *
   * @param tested how many ratios were tested; 0 while too few windows are known
   * @param disparities the ratios that are beyond the limits in a lasting way, and those that have
   *     alarmed before and are still beyond
   * @param notCompared the ratios that have alarmed before and cannot be compared in this window
   * @param calm whether the window counts towards the end of an alert; outside one, whether
   *     anything was tested
   * @param memory for the next window
   */
  public record Step(
      int tested, List<Ratio> disparities, List<Pair> notCompared, boolean calm, Memory memory) {}

  /**
   * Adds the next window.
   *
   * @param all decisions of all rows of the window
   * @param slices decisions by the slice's name
   */
  public Step next(Memory memory, long startMillis, Confusion all, Map<String, Confusion> slices) {
    long number = Math.floorDiv(startMillis, unitMillis);
    TreeMap<String, RateHistory> histories = new TreeMap<>();
    for (RateHistory each : memory.histories()) {
      if (each.lastNumber() > number - RateHistory.MOST_UNITS) {
        histories.put(each.slice(), each);
      }
    }
    slices.forEach(
        (slice, rows) ->
            histories.put(
                slice,
                histories
                    .getOrDefault(slice, new RateHistory(slice, List.of()))
                    .plus(new Unit(number, rows, all.minus(rows)))));
    List<Ratio> ratios = new ArrayList<>();
    long complete = unitMillis == windowMillis ? number + 1 : number;
    if (limit > 0) {
      histories.values().forEach(each -> ratios.addAll(each.ratios(complete, minSamples, limit)));
    }
    // Bonferroni: each ratio may alarm alone.
    double level = alpha / Math.max(1, ratios.size());
    List<Ratio> found = ratios.stream().filter(each -> each.p() <= level).toList();
    OpenDisparities.Step open = memory.open().next(ratios, found, number, limit, recoveryWindows);
    return new Step(
        ratios.size(),
        open.beyond(),
        open.notCompared(),
        open.calm(),
        new Memory(List.copyOf(histories.values()), open.open()));
  }
}
