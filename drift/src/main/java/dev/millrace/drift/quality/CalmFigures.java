package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.calibration.SeasonalForecast;
import dev.millrace.drift.calibration.SeasonalForecast.Figure;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a metric in windows in which they were not unusual, with the sign changed where
 * less is better. The first ones are kept, 60 or those of 14 days; then what is known is fixed, so
 * that a slow loss is not learned.
 *
 * @param metric what the values are of
 * @param cover of the windows
 * @param values in the order of time, after the first 14 at most one of each hour
 */
public record CalmFigures(QualityMetric metric, SeasonCover cover, List<Figure> values) {
  /** Fewer windows hardly show how much a metric varies. */
  static final int LEAST_WINDOWS = 14;

  /**
   * A smaller loss is no alarm: one percentage point of a share or an area, and a hundredth of an
   * error of a regression. With large windows less is significant, and harmless.
   */
  private static final double LEAST_LOSS = 0.01;

  /** An interval without a width is not exact: its rows were all alike. */
  private static final double LEAST_ERROR = 1e-6;

  /** Copies the values. */
  public CalmFigures {
    values = List.copyOf(values);
  }

  CalmFigures(QualityMetric metric, List<Figure> values) {
    this(metric, SeasonCover.NONE, values);
  }

  boolean isComplete(long startMillis, CalmSpan span) {
    return cover.suffices(startMillis, span, LEAST_WINDOWS);
  }

  @Nullable QualityFigure figure(QualityReport report) {
    for (QualityFigure figure : report.getMetrics()) {
      if (figure.getMetric() == metric) {
        return figure.getLower() == null || figure.getUpper() == null ? null : figure;
      }
    }
    return null;
  }

  CalmFigures plus(long startMillis, QualityFigure figure, long windowMillis) {
    if (values.size() >= SeasonalForecast.enough(windowMillis)) {
      return this;
    }
    List<Figure> more = values;
    if (more.isEmpty()
        || SeasonalForecast.addsTo(
            more.size(), more.get(more.size() - 1).startMillis(), startMillis)) {
      more = new ArrayList<>(values);
      more.add(value(startMillis, figure));
    }
    return new CalmFigures(metric, cover.plus(startMillis), more);
  }

  /** The expected value of a window, and whether a figure is a loss. */
  public Comparison compare(
      long startMillis, QualityFigure figure, long windowMillis, double alpha) {
    SeasonalForecast forecast = SeasonalForecast.of(values, windowMillis);
    Figure next = value(startMillis, figure);
    double expected = forecast.mean(startMillis);
    double loss = Math.max(0, expected - next.value());
    double relative =
        !isError(metric) ? loss : next.value() == 0 ? 0 : Math.min(1, loss / -next.value());
    double best = Math.max(goodness(figure.getLower()), goodness(figure.getUpper()));
    boolean lost =
        relative >= LEAST_LOSS && best < expected && forecast.probabilityOfLess(next) <= alpha;
    return new Comparison(Math.abs(expected), relative, lost);
  }

  /**
   * How a window's figure compares with earlier windows.
   *
   * @param expected the figure of a calm window
   * @param loss by which it is worse, from 0 to 1; of an error, relative to the error
   * @param lost whether it is a loss beyond what windows and the figure itself vary
   */
  public record Comparison(double expected, double loss, boolean lost) {}

  /** The half width of the interval of 95 % is 1.96 standard errors. */
  private Figure value(long startMillis, QualityFigure figure) {
    double half = (figure.getUpper() - figure.getLower()) / 2;
    double error = Math.max(LEAST_ERROR, half / Overdispersion.normalQuantile(0.975));
    return new Figure(startMillis, goodness(figure.getValue()), error * error);
  }

  private double goodness(double value) {
    return isError(metric) ? -value : value;
  }

  private static boolean isError(QualityMetric metric) {
    return metric == QualityMetric.RMSE;
  }
}
