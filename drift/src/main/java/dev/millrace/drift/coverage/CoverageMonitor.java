package dev.millrace.drift.coverage;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Compares the share of labels of each window with that of earlier calm windows; only a fall is an
 * alarm. Windows that raised an alarm do not become part of the comparison, so it lasts as long as
 * the share is low.
 *
 * <p>An alarm needs an effect and significance. The effect: the share has fallen by {@link
 * #MIN_FALL}, or to less than half. The test: see {@link ShareForecast}.
 */
public final class CoverageMonitor {
  /** Least fall of the share that is an alarm, in parts of 1. */
  public static final double MIN_FALL = 0.1;

  /** Number of calm windows that are compared with, the newest ones. */
  static final int MAX_WINDOWS = 64;

  /** Fewer calm windows hardly tell how much the share varies. */
  static final int MIN_WINDOWS = 8;

  private final double alpha;
  private final Queue<CalmWindow> calm = new ArrayDeque<>();

  /** The predictions of a calm window, and how many had a label. */
  public record CalmWindow(long predictions, long labelled) {}

  /**
   * @param alpha probability of a false alarm in one window, the cause's share of the budget
   */
  public CoverageMonitor(double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must be between 0 and 1, but it is " + alpha);
    }
    this.alpha = alpha;
  }

  /** Decides about the next window. */
  public CoverageDecision decide(LabelCoverage coverage) {
    CoverageCounts total = coverage.total();
    if (coverage.stalled()) {
      return decision(coverage, CoverageVerdict.STALLED, Double.NaN, Double.NaN);
    }
    CalmWindow window = new CalmWindow(total.predictions(), total.labelled());
    if (calm.size() < MIN_WINDOWS) {
      CoverageDecision decision =
          decision(coverage, CoverageVerdict.CALIBRATING, Double.NaN, Double.NaN);
      keep(window, coverage);
      return decision;
    }
    ShareForecast forecast = ShareForecast.of(List.copyOf(calm));
    double probability = forecast.probabilityOfLess(window);
    double expected = forecast.share();
    boolean hasFallen = total.share() <= Math.max(expected - MIN_FALL, expected / 2);
    boolean isLow = hasFallen && probability <= alpha;
    CoverageDecision decision =
        decision(coverage, isLow ? CoverageVerdict.LOW : CoverageVerdict.OK, expected, probability);
    if (!isLow) {
      keep(window, coverage);
    }
    return decision;
  }

  /** A revision is of a window in which labels had stalled, so it is not calm. */
  private void keep(CalmWindow window, LabelCoverage coverage) {
    if (coverage.revised()) {
      return;
    }
    calm.add(window);
    if (calm.size() > MAX_WINDOWS) {
      calm.remove();
    }
  }

  private CoverageDecision decision(
      LabelCoverage coverage, CoverageVerdict verdict, double expected, double probability) {
    return new CoverageDecision(coverage, verdict, expected, probability, calm.size());
  }

  /** The calm windows, oldest first, for the state of the job. */
  public List<CalmWindow> calmWindows() {
    return List.copyOf(calm);
  }

  /** Takes the calm windows of the state of the job. */
  public void restore(List<CalmWindow> windows) {
    calm.clear();
    calm.addAll(windows);
  }
}
