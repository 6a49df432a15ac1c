package dev.millrace.drift.policy;

import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.coverage.LabelCoverage;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import java.util.List;
import java.util.Locale;

/** Makes signals of what the label coverage of a window says. */
public final class CoverageSignals {
  private CoverageSignals() {}

  /**
   * One signal for each model version in the window; none for a revision, since its window has had
   * its verdict.
   */
  public static List<CauseSignal> of(CoverageDecision decision) {
    LabelCoverage coverage = decision.coverage();
    if (coverage.revised()) {
      return List.of();
    }
    return coverage.versions().stream()
        .map(
            version ->
                new CauseSignal(
                    Cause.LABEL_COVERAGE,
                    version.modelVersion(),
                    coverage.startMillis(),
                    coverage.endMillis(),
                    verdict(decision),
                    level(decision),
                    summary(decision),
                    List.of()))
        .toList();
  }

  private static Verdict verdict(CoverageDecision decision) {
    return switch (decision.verdict()) {
      case CALIBRATING -> Verdict.INSUFFICIENT;
      case WARNING -> Verdict.WARNING;
      case OK -> Verdict.OK;
      case LOW, STALLED -> Verdict.DRIFT;
    };
  }

  /** The fall of the share; from 1 where there is nothing to compare with. */
  private static double level(CoverageDecision decision) {
    double expected = Double.isNaN(decision.expected()) ? 1 : decision.expected();
    return Math.max(0, Math.min(1, expected - decision.coverage().total().share()));
  }

  private static String summary(CoverageDecision decision) {
    var total = decision.coverage().total();
    String counts = "%d of %d predictions".formatted(total.labelled(), total.predictions());
    if (decision.coverage().stalled()) {
      return "labels are silent, %s have one so far".formatted(counts);
    }
    return Double.isNaN(decision.expected())
        ? "%s have a label".formatted(counts)
        : String.format(
            Locale.ROOT,
            "%s have a label, a share of %.3f where %.3f was expected",
            counts,
            total.share(),
            decision.expected());
  }
}
