package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.coverage.CoverageCounts;
import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.coverage.CoverageVerdict;
import dev.millrace.drift.coverage.LabelCoverage;
import dev.millrace.drift.coverage.VersionCoverage;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageSignalsTest {
  private static CoverageDecision decision(
      CoverageVerdict verdict, boolean stalled, boolean revised, double expected) {
    List<VersionCoverage> versions =
        List.of(
            new VersionCoverage("v1", new CoverageCounts(100, 60, 0, 40, 0)),
            new VersionCoverage("v2", new CoverageCounts(300, 140, 0, 160, 0)));
    return new CoverageDecision(
        new LabelCoverage(1_000, 2_000, stalled, revised, versions), verdict, expected, 0.001, 12);
  }

  @Test
  void aLowShareIsASignalForEachVersion() {
    List<CauseSignal> signals =
        CoverageSignals.of(decision(CoverageVerdict.LOW, false, false, 0.9));

    assertThat(signals).extracting(CauseSignal::modelVersion).containsExactly("v1", "v2");
    CauseSignal signal = signals.get(0);
    assertThat(signal.cause()).isEqualTo(Cause.LABEL_COVERAGE);
    assertThat(signal.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(signal.level()).isCloseTo(0.4, within(1e-9));
    assertThat(signal.summary())
        .isEqualTo(
            "200 of 400 predictions have a label, a share of 0.500 where 0.900 was expected");
    assertThat(signal.windowEndMillis()).isEqualTo(2_000);
  }

  @Test
  void aCalibratingWindowChangesNothingAndARevisionIsNoWindow() {
    assertThat(CoverageSignals.of(decision(CoverageVerdict.CALIBRATING, false, false, Double.NaN)))
        .extracting(CauseSignal::verdict)
        .containsOnly(Verdict.INSUFFICIENT);
    assertThat(CoverageSignals.of(decision(CoverageVerdict.OK, false, true, 0.9))).isEmpty();
  }

  @Test
  void silentLabelsAreASignal() {
    CauseSignal signal =
        CoverageSignals.of(decision(CoverageVerdict.STALLED, true, false, Double.NaN)).get(0);

    assertThat(signal.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(signal.level()).isCloseTo(0.5, within(1e-9));
    assertThat(signal.summary()).startsWith("labels are silent, 200 of 400 predictions");
  }
}
