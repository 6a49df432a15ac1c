package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.HourlyShares;
import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ConceptState;
import dev.millrace.drift.sequence.ErrorBatch;
import dev.millrace.drift.sequence.ErrorReference;
import dev.millrace.drift.sequence.LossLevels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the errors of windows differ while nothing changes: by hour of the day, and by chance.
 *
 * <p>The detector has one error rate. Where that of the hour differs, a batch is replaced by one at
 * the mean rate with the same evidence of a change of the odds: with the same deviation from the
 * expected errors, and as many rows as have the same variance (the score and the information of the
 * odds; Cox, Hinkley: Theoretical Statistics, 1974, section 4.8). Such rows are no integers, so
 * they are counted in parts.
 *
 * @param mean error rate of all windows
 * @param shares error rate of each hour of the day; empty if they do not differ
 * @param dispersion of the windows
 */
public record ErrorSeason(double mean, List<Double> shares, double dispersion) {
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  /** Parts of a row; rounding is then less than the chance of one row. */
  private static final int PARTS = 64;

  /** Copies the shares. */
  public ErrorSeason {
    shares = List.copyOf(shares);
  }

  static ErrorSeason of(double mean, List<WindowErrors> windows, long windowMillis) {
    HourlyShares.Fit fit =
        HourlyShares.of(
            windows.stream()
                .map(
                    each ->
                        new HourlyShares.Counted(each.startMillis(), each.rows(), each.errors()))
                .toList(),
            windowMillis);
    return new ErrorSeason(mean, fit.shares(), fit.dispersion());
  }

  /**
   * The season of losses, as parts of the limit. Losses vary less than a share with the same mean,
   * so the number of rows is multiplied by the ratio of the two variances.
   */
  static ErrorSeason of(LossLevels levels, List<WindowLosses> windows, long windowMillis) {
    double mean = levels.errors() / levels.labels();
    double rowsForOne = mean * (1 - mean) / levels.varianceAt(mean);
    List<HourlyShares.Counted> counted = new ArrayList<>();
    for (WindowLosses each : windows) {
      LossCounts losses = each.counts();
      counted.add(
          new HourlyShares.Counted(
              each.startMillis(),
              Math.max(1, Math.round(losses.rows() * rowsForOne)),
              Math.round(losses.sum(levels) * levels.unit() * rowsForOne)));
    }
    HourlyShares.Fit fit = HourlyShares.of(counted, windowMillis);
    return new ErrorSeason(mean, fit.shares(), fit.dispersion());
  }

  /** The parts that rows are counted in, here and in the reference; 1 without a season. */
  int parts() {
    return shares.isEmpty() ? 1 : PARTS;
  }

  /**
   * The detector of batches of this season.
   *
   * @param reference of the errors, in parts of rows
   * @param thresholdWindows the least mean time between false alarms, in windows
   * @param state of the detector after the last batch; null before the first one
   */
  ConceptDetector detector(
      ErrorReference reference, double thresholdWindows, @Nullable ConceptState state) {
    // Parts of a row repeat each other, so they are dispersed by their number.
    double ofParts = dispersion * parts();
    return state == null
        ? new ConceptDetector(reference, thresholdWindows, ofParts)
        : new ConceptDetector(reference, thresholdWindows, ofParts, state);
  }

  /**
   * The batch at the mean error rate.
   *
   * @param reference of the errors
   * @param startMillis in event time
   * @param span in windows
   * @param errors in units of the reference
   */
  ErrorBatch batch(
      ErrorReference reference, long startMillis, double span, long rows, long errors) {
    if (shares.isEmpty()) {
      return new ErrorBatch(startMillis, span, rows, errors);
    }
    double share = shares.get((int) Math.floorMod(Math.floorDiv(startMillis, HOUR_MILLIS), 24L));
    double unit = reference.unit();
    long scaled =
        Math.round(PARTS * rows * reference.varianceAt(share) / reference.varianceAt(mean));
    double gap = PARTS * (errors * unit - rows * share);
    long wrong = Math.round((scaled * mean + gap) / unit);
    long most = (long) (scaled / unit);
    return new ErrorBatch(startMillis, span, scaled, Math.max(0, Math.min(most, wrong)));
  }
}
