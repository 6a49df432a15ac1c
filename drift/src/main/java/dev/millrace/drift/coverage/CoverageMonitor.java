package dev.millrace.drift.coverage;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.HourlyShares;
import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.calibration.SeasonalForecast;
import dev.millrace.drift.calibration.SeasonalForecast.Figure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Compares the share of labels of each window with that of earlier calm windows; only a fall is an
 * alarm. Windows that raised an alarm do not become part of the comparison, so it lasts as long as
 * the share is low.
 *
 * <p>An alarm needs an effect and significance. The effect: the share has fallen by {@link
 * #MIN_FALL}, or to less than half. The test: a share this low is improbable by the {@link
 * SeasonalForecast} both of angles and of log odds, since shares may be skewed on either scale.
 */
public final class CoverageMonitor {
  /** Least fall of the share that is an alarm, in parts of 1. */
  public static final double MIN_FALL = 0.1;

  /** Fewer calm windows hardly tell how much the share varies. */
  static final int MIN_WINDOWS = 8;

  private final double alpha;
  private final CalmSpan span;
  private final Deque<CalmWindow> calm = new ArrayDeque<>();
  private SeasonCover cover = SeasonCover.NONE;

  /**
   * The predictions of a calm window, and how many had a label.
   *
   * @param startMillis in event time
   */
  public record CalmWindow(long startMillis, long predictions, long labelled) {
    private Figure angle() {
      return new Figure(
          startMillis, HourlyShares.angle(labelled, predictions), 1 / (4.0 * predictions + 2));
    }

    /** With half a row added to each (Haldane, Annals of Human Genetics 20, 1956). */
    private Figure logOdds() {
      double yes = labelled + 0.5;
      double no = predictions - labelled + 0.5;
      return new Figure(startMillis, StrictMath.log(yes / no), 1 / yes + 1 / no);
    }
  }

  /**
   * The state after earlier windows.
   *
   * @param cover of all calm windows
   * @param calm the newest ones, oldest first
   */
  public record State(SeasonCover cover, List<CalmWindow> calm) {
    /** Copies the windows. */
    public State {
      calm = List.copyOf(calm);
    }
  }

  /**
   * @param alpha probability of a false alarm in one window, the cause's share of the budget
   * @param span length of a window, and of calm windows
   */
  public CoverageMonitor(double alpha, CalmSpan span) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must be between 0 and 1, but it is " + alpha);
    }
    this.alpha = alpha;
    this.span = span;
  }

  /** Decides about the next window. */
  public CoverageDecision decide(LabelCoverage coverage) {
    CoverageCounts total = coverage.total();
    if (coverage.stalled()) {
      return decision(coverage, CoverageVerdict.STALLED, Double.NaN, Double.NaN);
    }
    CalmWindow window =
        new CalmWindow(coverage.startMillis(), total.predictions(), total.labelled());
    CoverageDecision decision =
        cover.windows() < MIN_WINDOWS
            ? decision(coverage, CoverageVerdict.CALIBRATING, Double.NaN, Double.NaN)
            : compare(window, coverage);
    if (decision.verdict() != CoverageVerdict.LOW) {
      keep(window, coverage);
    }
    return decision;
  }

  private CoverageDecision compare(CalmWindow window, LabelCoverage coverage) {
    CoverageCounts total = coverage.total();
    boolean isCovered = cover.suffices(coverage.startMillis(), span, MIN_WINDOWS);
    SeasonalForecast angles = forecast(calm.stream().map(CalmWindow::angle).toList());
    double probability =
        Math.max(
            angles.probabilityOfLess(window.angle()),
            forecast(calm.stream().map(CalmWindow::logOdds).toList())
                .probabilityOfLess(window.logOdds()));
    double expected = HourlyShares.share(angles.mean(coverage.startMillis()));
    boolean hasFallen = total.share() <= Math.max(expected - MIN_FALL, expected / 2);
    boolean isLow = hasFallen && probability <= alpha;
    if (isCovered) {
      return decision(
          coverage, isLow ? CoverageVerdict.LOW : CoverageVerdict.OK, expected, probability);
    }
    return isLow
        ? decision(coverage, CoverageVerdict.WARNING, expected, probability)
        : decision(coverage, CoverageVerdict.CALIBRATING, Double.NaN, Double.NaN);
  }

  /** A revision is of a window in which labels had stalled, so it is not calm. */
  private void keep(CalmWindow window, LabelCoverage coverage) {
    if (coverage.revised()) {
      return;
    }
    cover = cover.plus(window.startMillis());
    if (calm.isEmpty()
        || SeasonalForecast.addsTo(
            calm.size(), calm.getLast().startMillis(), window.startMillis())) {
      calm.add(window);
    }
    if (calm.size() > SeasonalForecast.enough(span.windowMillis())) {
      calm.remove();
    }
  }

  private SeasonalForecast forecast(List<Figure> figures) {
    return SeasonalForecast.of(figures, span.windowMillis());
  }

  private CoverageDecision decision(
      LabelCoverage coverage, CoverageVerdict verdict, double expected, double probability) {
    return new CoverageDecision(coverage, verdict, expected, probability, calm.size());
  }

  /** What is known of earlier windows, for the state of the job. */
  public State state() {
    return new State(cover, List.copyOf(calm));
  }

  /** Takes the state of the job. */
  public void restore(State state) {
    cover = state.cover();
    calm.clear();
    calm.addAll(state.calm());
  }
}
