package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.SliceDisparity;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the signals of the champion's errors, quality and fairness from measured reports. */
public final class QualitySignals implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The share of the budget of false alarms that losses of quality may take. */
  private static final double PART_OF_BUDGET = 0.05;

  /** The first one that the reports have is compared. */
  private static final List<QualityMetric> COMPARED =
      List.of(QualityMetric.ROC_AUC, QualityMetric.ACCURACY, QualityMetric.RMSE);

  private final double alpha;

  /**
   * @param alpha probability of a false alarm that the budget grants to one window
   */
  public QualitySignals(double alpha) {
    this.alpha = alpha * PART_OF_BUDGET;
  }

  /**
   * The signals of a window, and what the next one is compared with.
   *
   * @param baseline of the compared figure
   */
  public record Step(List<CauseSignal> signals, QualityBaseline baseline) {}

  /**
   * The signals of one window of one model version.
   *
   * @param all its report of all predictions
   * @param slices its reports of slices
   */
  public Step of(QualityReport all, List<QualityReport> slices, QualityBaseline baseline) {
    List<CauseSignal> signals = new ArrayList<>();
    ConceptResult concept = all.getConcept();
    if (concept != null && concept.getState() != ConceptStatus.NOT_MONITORED) {
      signals.add(concept(all, concept));
    }
    if (!slices.isEmpty()) {
      signals.add(fairness(all, slices));
    }
    QualityFigure figure = compared(all);
    QualityBaseline next = baseline;
    if (figure != null) {
      CauseSignal quality = quality(all, figure, baseline);
      signals.add(quality);
      if (quality.verdict() != Verdict.DRIFT) {
        next = baseline.plus(goodness(figure, figure.getValue()));
      }
    }
    return new Step(List.copyOf(signals), next);
  }

  private static CauseSignal concept(QualityReport all, ConceptResult concept) {
    boolean worse = concept.getDirection() == ConceptDirection.WORSE;
    Verdict verdict =
        switch (concept.getState()) {
          case DRIFT -> worse ? Verdict.DRIFT : Verdict.WARNING;
          case OK -> Verdict.OK;
          case CALIBRATING, NOT_MONITORED -> Verdict.INSUFFICIENT;
        };
    return signal(
        Cause.CONCEPT,
        all,
        verdict,
        Math.abs(concept.getErrorSince() - concept.getErrorBefore()),
        String.format(
            Locale.ROOT,
            "share of wrong decisions %.3f to %.3f%s, odds ratio %.2f",
            concept.getErrorBefore(),
            concept.getErrorSince(),
            concept.getSince() == null ? "" : " since " + concept.getSince(),
            concept.getOddsRatio()),
        List.of());
  }

  private static CauseSignal fairness(QualityReport all, List<QualityReport> slices) {
    List<String> unfair = new ArrayList<>();
    String summary = "no disparity between slices";
    double level = 0;
    boolean compared = false;
    for (QualityReport slice : slices) {
      for (SliceDisparity each : slice.getDisparities()) {
        compared = true;
        double size = 1 - Math.min(each.getRatio(), 1 / each.getRatio());
        String name = slice.getSliceField() + "=" + slice.getSliceValue();
        if (each.getAlarm() && !unfair.contains(name)) {
          unfair.add(name);
        }
        if (each.getAlarm() && size > level) {
          level = size;
          summary =
              String.format(
                  Locale.ROOT,
                  "%s of %s %.3f, of the others %.3f, ratio %.2f, 95 %% interval %.2f to %.2f",
                  each.getMeasure().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  name,
                  each.getRate(),
                  each.getRestRate(),
                  each.getRatio(),
                  each.getLower(),
                  each.getUpper());
        }
      }
    }
    Verdict verdict =
        !compared ? Verdict.INSUFFICIENT : unfair.isEmpty() ? Verdict.OK : Verdict.DRIFT;
    return signal(Cause.FAIRNESS, all, verdict, level, summary, unfair);
  }

  private static @Nullable QualityFigure compared(QualityReport all) {
    for (QualityMetric metric : COMPARED) {
      for (QualityFigure figure : all.getMetrics()) {
        if (figure.getMetric() == metric) {
          return figure.getLower() == null ? null : figure;
        }
      }
    }
    return null;
  }

  /** A loss is unusual among windows, and beyond the uncertainty of the window's own figure. */
  private CauseSignal quality(QualityReport all, QualityFigure figure, QualityBaseline baseline) {
    double value = goodness(figure, figure.getValue());
    double best =
        Math.max(goodness(figure, figure.getLower()), goodness(figure, figure.getUpper()));
    Verdict verdict = Verdict.INSUFFICIENT;
    if (baseline.isComplete()) {
      boolean lost = value < baseline.lowerBound(alpha) && best < baseline.mean();
      verdict = lost ? Verdict.DRIFT : Verdict.OK;
    }
    double before = baseline.isComplete() ? baseline.mean() : value;
    double loss = Math.max(0, before - value);
    double scale = figure.getMetric() == QualityMetric.RMSE ? Math.abs(value) : 1;
    return signal(
        Cause.QUALITY,
        all,
        verdict,
        scale == 0 ? 0 : Math.min(1, loss / scale),
        String.format(
            Locale.ROOT,
            "%s %.3f to %.3f, 95 %% interval %.3f to %.3f, %d labels",
            figure.getMetric().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            Math.abs(before),
            figure.getValue(),
            figure.getLower(),
            figure.getUpper(),
            all.getObserved() + all.getAssumed()),
        List.of());
  }

  /** The figure with its sign changed where smaller is better. */
  private static double goodness(QualityFigure figure, double value) {
    return figure.getMetric() == QualityMetric.RMSE ? -value : value;
  }

  private static CauseSignal signal(
      Cause cause,
      QualityReport all,
      Verdict verdict,
      double level,
      String summary,
      List<String> slices) {
    return new CauseSignal(
        cause,
        all.getModelVersion(),
        all.getWindowStart().toEpochMilli(),
        all.getWindowEnd().toEpochMilli(),
        verdict,
        level,
        summary,
        slices);
  }
}
