package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric in earlier windows, against which the next window is compared. While no metric has
 * enough windows, each that may be compared is kept; the first that has is the one, and stays it: a
 * window without it cannot be compared. Figures of different metrics are never mixed.
 *
 * @param metrics in the order of preference; a single one when it has enough windows
 */
public record QualityBaseline(List<CalmFigures> metrics) {
  /** Of several that have enough windows at the same time, the first one is compared. */
  private static final List<QualityMetric> COMPARED =
      List.of(QualityMetric.ROC_AUC, QualityMetric.ACCURACY, QualityMetric.RMSE);

  /** Before the first window. */
  public static final QualityBaseline NONE =
      new QualityBaseline(
          COMPARED.stream().map(metric -> new CalmFigures(metric, List.of())).toList());

  /** Copies the list. */
  public QualityBaseline {
    metrics = List.copyOf(metrics);
  }

  /** What a window is compared with; null while no metric has enough windows. */
  public @Nullable CalmFigures complete(long startMillis, CalmSpan span) {
    for (CalmFigures each : metrics) {
      if (each.isComplete(startMillis, span)) {
        return each;
      }
    }
    return null;
  }

  /**
   * What a window may be compared with before its metric has windows of a whole season; null if it
   * has too few.
   */
  public @Nullable CalmFigures early(QualityFigure figure) {
    for (CalmFigures each : metrics) {
      if (each.metric() == figure.getMetric()
          && each.cover().windows() >= CalmFigures.LEAST_WINDOWS) {
        return each;
      }
    }
    return null;
  }

  /** The figure of a report that is compared; null if it has none, or none with an interval. */
  public @Nullable QualityFigure figure(QualityReport report, long startMillis, CalmSpan span) {
    CalmFigures complete = complete(startMillis, span);
    for (CalmFigures each : complete == null ? metrics : List.of(complete)) {
      QualityFigure figure = each.figure(report);
      if (figure != null) {
        return figure;
      }
    }
    return null;
  }

  /** With another calm window. */
  public QualityBaseline plus(QualityReport report, long startMillis, CalmSpan span) {
    CalmFigures complete = complete(startMillis, span);
    List<CalmFigures> next = new ArrayList<>();
    for (CalmFigures each : complete == null ? metrics : List.of(complete)) {
      QualityFigure figure = each.figure(report);
      next.add(figure == null ? each : each.plus(startMillis, figure, span.windowMillis()));
    }
    return new QualityBaseline(next);
  }
}
