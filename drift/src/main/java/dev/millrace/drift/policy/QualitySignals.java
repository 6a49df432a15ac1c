package dev.millrace.drift.policy;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.quality.CalmFigures;
import dev.millrace.drift.quality.CalmFigures.Comparison;
import dev.millrace.drift.quality.FairnessMonitor;
import dev.millrace.drift.quality.OpenDisparities.Pair;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.RateHistory.Ratio;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityReport;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the signals of the champion's errors, quality and fairness from measured reports. */
public final class QualitySignals implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double alpha;
  private final CalmSpan span;
  private final TumblingWindows windows;

  /**
   * @param alpha probability of a false alarm of quality in one window, the cause's share of the
   *     budget
   * @param span length of a window, and of calm windows
   */
  public QualitySignals(double alpha, CalmSpan span) {
    this.alpha = alpha;
    this.span = span;
    this.windows = new TumblingWindows(span.windowMillis());
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
   * @param fairness the result of the comparison of slices; null without slices
   */
  public Step of(
      QualityReport all, FairnessMonitor.@Nullable Step fairness, QualityBaseline baseline) {
    List<CauseSignal> signals = new ArrayList<>();
    ConceptResult concept = all.getConcept();
    if (concept != null && concept.getState() != ConceptStatus.NOT_MONITORED) {
      signals.add(concept(all, concept));
    }
    if (fairness != null) {
      signals.add(fairness(all, fairness));
    }
    long startMillis = all.getWindowStart().toEpochMilli();
    QualityFigure figure = baseline.figure(all, startMillis, span);
    CalmFigures calm = baseline.complete(startMillis, span);
    boolean lost = false;
    if (figure == null) {
      if (calm != null) {
        signals.add(withoutFigure(all, calm));
      }
    } else {
      CauseSignal quality = quality(all, figure, calm, baseline.early(figure));
      signals.add(quality);
      lost = quality.verdict() == Verdict.DRIFT;
    }
    return new Step(List.copyOf(signals), lost ? baseline : baseline.plus(all, startMillis, span));
  }

  private CauseSignal concept(QualityReport all, ConceptResult concept) {
    boolean fewer =
        concept.getState() == ConceptStatus.DRIFT
            && concept.getDirection() == ConceptDirection.BETTER;
    Verdict verdict =
        switch (concept.getState()) {
          // Fewer errors end an episode of more: the quality report shows them, no alert does.
          case DRIFT ->
              switch (concept.getDirection()) {
                case WORSE -> Verdict.DRIFT;
                case BETTER -> Verdict.OK;
                case NONE -> Verdict.WARNING;
              };
          case OK -> Verdict.OK;
          case WARNING ->
              concept.getDirection() == ConceptDirection.WORSE
                  ? Verdict.WARNING
                  : Verdict.INSUFFICIENT;
          case CALIBRATING, NOT_MONITORED -> Verdict.INSUFFICIENT;
        };
    boolean decides = all.getDecisions() != null;
    double before = concept.getErrorBefore();
    double since = concept.getErrorSince();
    double level =
        decides
            ? Math.abs(since - before)
            : before == since ? 0 : 1 - Math.min(before, since) / Math.max(before, since);
    CauseSignal signal =
        signal(
            Cause.CONCEPT,
            all,
            verdict,
            level,
            (fewer ? (decides ? "fewer" : "smaller") + " errors than the reference, " : "")
                + String.format(
                    Locale.ROOT,
                    decides
                        ? "share of wrong decisions %.3f to %.3f, odds ratio %.2f"
                        : "mean absolute error %.4g to %.4g in the unit of the label, ratio %.2f",
                    before,
                    since,
                    concept.getOddsRatio()),
            List.of());
    Instant change = concept.getSince();
    return change == null || verdict != Verdict.DRIFT
        ? signal
        : signal.since(windows.startMillis(change.toEpochMilli()));
  }

  private static CauseSignal fairness(QualityReport all, FairnessMonitor.Step fairness) {
    List<String> unfair = fairness.disparities().stream().map(Ratio::slice).distinct().toList();
    String summary =
        fairness.notCompared().isEmpty()
            ? "no lasting disparity between slices"
            : notCompared(fairness.notCompared());
    double level = 0;
    for (Ratio each : fairness.disparities()) {
      double size = 1 - Math.min(each.ratio(), 1 / each.ratio());
      if (size > level) {
        level = size;
        summary =
            String.format(
                Locale.ROOT,
                "%s of %s is %.2f times that of the others, over %d windows or days",
                words(each.measure().name()),
                each.slice(),
                each.ratio(),
                each.units());
      }
    }
    Verdict verdict =
        unfair.isEmpty() ? fairness.calm() ? Verdict.OK : Verdict.INSUFFICIENT : Verdict.DRIFT;
    return signal(Cause.FAIRNESS, all, verdict, level, summary, unfair);
  }

  private static String notCompared(List<Pair> pairs) {
    Pair first = pairs.get(0);
    return "%s of %s%s cannot be compared any more, since rows or labels are too few"
        .formatted(
            words(first.measure().name()),
            first.slice(),
            pairs.size() > 1 ? " and " + (pairs.size() - 1) + " more" : "");
  }

  private static CauseSignal withoutFigure(QualityReport all, CalmFigures calm) {
    String summary = "no " + words(calm.metric().name()) + " in this window";
    return signal(Cause.QUALITY, all, Verdict.INSUFFICIENT, 0, summary, List.of());
  }

  /**
   * @param calm null while no whole season is known
   * @param early the calm windows until then; null: too few
   */
  private CauseSignal quality(
      QualityReport all,
      QualityFigure figure,
      @Nullable CalmFigures calm,
      @Nullable CalmFigures early) {
    CalmFigures known = calm == null ? early : calm;
    long startMillis = all.getWindowStart().toEpochMilli();
    Comparison compared =
        known == null
            ? new Comparison(figure.getValue(), 0, false)
            : known.compare(startMillis, figure, span.windowMillis(), alpha);
    Verdict verdict =
        calm == null
            ? compared.lost() ? Verdict.WARNING : Verdict.INSUFFICIENT
            : compared.lost() ? Verdict.DRIFT : Verdict.OK;
    return signal(
        Cause.QUALITY,
        all,
        verdict,
        compared.loss(),
        String.format(
            Locale.ROOT,
            "%s %.3f to %.3f, 95 %% interval %.3f to %.3f, %d labels",
            words(figure.getMetric().name()),
            compared.expected(),
            figure.getValue(),
            figure.getLower(),
            figure.getUpper(),
            all.getObserved() + all.getAssumed()),
        List.of());
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
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
