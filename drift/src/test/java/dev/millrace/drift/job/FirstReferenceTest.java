package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.FEW;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The first windows of a model version are its reference. */
class FirstReferenceTest {
  private static final int WINDOWS = 10;

  private static DriftHarness harness(
      String version, Duration warmUp, @Nullable OperatorSubtaskState state) throws Exception {
    return new DriftHarness(
        ShopReferences.uncut(version), Shop.first(WINDOWS), AT_ONCE, warmUp, state);
  }

  private static DriftHarness harness(@Nullable OperatorSubtaskState state) throws Exception {
    return harness(Shop.VERSION, Duration.ZERO, state);
  }

  private static void run(DriftHarness drift, int from, int to, double shift) throws Exception {
    for (int window = from; window < to; window++) {
      drift.window(window, MANY, shift);
    }
  }

  @Test
  void driftAfterTheFirstPeriodIsFoundAndNoDriftIsNot() throws Exception {
    try (DriftHarness drift = harness(null)) {
      run(drift, 0, WINDOWS + 20, CALM);
      run(drift, WINDOWS + 20, WINDOWS + 22, SHIFTED);

      List<DriftReport> reports = drift.reports();
      List<DriftReport> first = reports.subList(0, WINDOWS);
      assertThat(first).extracting(DriftReport::getState).containsOnly(DriftState.CALIBRATING);
      assertThat(first).allMatch(report -> report.getFeatures().isEmpty());
      assertThat(first).extracting(DriftReport::getReferenceDigest).containsOnly("");
      List<DriftReport> calm = reports.subList(WINDOWS, WINDOWS + 20);
      assertThat(calm)
          .extracting(DriftReport::getState)
          .doesNotContain(DriftState.DRIFT, DriftState.INSUFFICIENT, DriftState.CALIBRATING);
      assertThat(calm.get(0).getReferenceDigest()).matches("[0-9a-f]{12}");
      assertThat(calm)
          .allMatch(
              report ->
                  report.getFeatures().stream()
                      .allMatch(feature -> feature.getReferenceN() == (long) WINDOWS * MANY));
      assertThat(reports.get(WINDOWS + 21).getState()).isEqualTo(DriftState.DRIFT);
      assertThat(drift.alerts()).hasSize(1);
      assertThat(drift.alerts().get(0).getFeatures()).contains("amount");
      assertThat(drift.alerts().get(0).getReferenceDigest())
          .isEqualTo(calm.get(0).getReferenceDigest());
      assertThat(drift.triggers().get(0).getReferenceDigest())
          .isEqualTo(calm.get(0).getReferenceDigest());
    }
  }

  /** Features differ while their windows fill: these windows must not be the reference. */
  @Test
  void theWarmUpIsNotPartOfTheReference() throws Exception {
    Duration warmUp = Duration.ofMillis(3 * Shop.WINDOW);
    try (DriftHarness drift = harness(Shop.VERSION, warmUp, null)) {
      drift.window(0, FEW, SHIFTED); // A few older predictions do not begin the stream.
      run(drift, 10, 13, SHIFTED);
      run(drift, 13, 13 + WINDOWS + 3, CALM);

      List<DriftState> states =
          drift.reports().stream().map(DriftReport::getState).distinct().toList();
      assertThat(states)
          .containsExactly(
              DriftState.INSUFFICIENT, DriftState.WARMUP, DriftState.CALIBRATING, DriftState.OK);
      assertThat(drift.reports().get(4).getState()).isEqualTo(DriftState.CALIBRATING);
      assertThat(drift.alerts()).isEmpty();
    }
  }

  @Test
  void theReferenceSurvivesARestart() throws Exception {
    try (DriftHarness whole = harness(null)) {
      run(whole, 0, WINDOWS + 2, CALM);
      run(whole, WINDOWS + 2, WINDOWS + 4, SHIFTED);
      for (int stop : new int[] {0, 4, WINDOWS - 1, WINDOWS, WINDOWS + 1}) {
        OperatorSubtaskState snapshot;
        List<DriftReport> before;
        try (DriftHarness drift = harness(null)) {
          run(drift, 0, stop, CALM);
          drift.add(stop, MANY, CALM);
          snapshot = drift.snapshot();
          before = drift.reports();
        }
        try (DriftHarness drift = harness(snapshot)) {
          drift.close(stop);
          run(drift, stop + 1, WINDOWS + 2, CALM);
          run(drift, WINDOWS + 2, WINDOWS + 4, SHIFTED);

          assertThat(drift.reports())
              .as("stopped in window %d", stop)
              .isEqualTo(whole.reports().subList(before.size(), WINDOWS + 4));
          assertThat(drift.alerts().get(drift.alerts().size() - 1).getId())
              .isEqualTo(whole.alerts().get(0).getId());
        }
      }
    }
  }

  @Test
  void aNewVersionHasItsOwnFirstPeriod() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness drift = harness(null)) {
      run(drift, 0, WINDOWS + 1, CALM);
      run(drift, WINDOWS + 1, WINDOWS + 2, SHIFTED);
      assertThat(drift.alerts()).hasSize(1);
      snapshot = drift.snapshot();
    }
    try (DriftHarness drift = harness("ba9876543210", Duration.ZERO, snapshot)) {
      run(drift, 20, 20 + WINDOWS + 3, SHIFTED);

      assertThat(drift.reports().get(0).getState()).isEqualTo(DriftState.CALIBRATING);
      assertThat(drift.reports().get(WINDOWS + 2).getState()).isEqualTo(DriftState.OK);
      assertThat(drift.alerts().get(0).getStatus().name()).isEqualTo("RESOLVED");
      assertThat(drift.alerts()).hasSize(1);
    }
  }

  /** Of windows without predictions nothing can be learned. */
  @Test
  void aPeriodWithTooFewPredictionsIsExtended() throws Exception {
    try (DriftHarness drift = harness(null)) {
      drift.window(0, MANY / 2, CALM);
      drift.window(3 * WINDOWS, MANY, CALM);
      assertThat(drift.reports().get(1).getFeatures())
          .as("enough predictions in one window")
          .isNotEmpty();
    }
    try (DriftHarness drift = harness(null)) {
      drift.window(0, Shop.DRIFT.minSamples() - 1, CALM);
      drift.window(1, 1, CALM);
      drift.window(3 * WINDOWS, MANY, CALM);
      drift.window(3 * WINDOWS + 1, MANY, CALM);
      assertThat(drift.reports())
          .extracting(report -> report.getFeatures().isEmpty())
          .containsExactly(true, true, true, false);
    }
  }

  /** The state was dropped. Two OK windows come before the end of the period, and one after it. */
  @Test
  void aPublishedAlertIsResolvedAcrossTheEndOfThePeriod() throws Exception {
    Alert firing;
    try (DriftHarness drift = harness(null)) {
      drift.signal(quality(0, Verdict.DRIFT));
      run(drift, 0, 1, CALM);
      firing = drift.alerts().get(0);
      assertThat(firing.getStatus()).isEqualTo(AlertStatus.FIRING);
    }
    try (DriftHarness drift =
        new DriftHarness(
            ShopReferences.uncut(Shop.VERSION), Shop.first(WINDOWS), List.of(firing))) {
      assertThat(Shop.DRIFT.recoveryWindows()).isEqualTo(3);
      for (int window = 1; window < WINDOWS + 4; window++) {
        if (window == 1 || window == 2 || window == WINDOWS + 3) {
          assertThat(drift.alerts()).isEmpty();
          drift.signal(quality(window, Verdict.OK));
        }
        run(drift, window, window + 1, CALM);
      }

      assertThat(drift.reports().get(WINDOWS + 2).getReferenceDigest())
          .as("the period has ended")
          .matches("[0-9a-f]{12}");
      assertThat(drift.alerts()).hasSize(1);
      assertThat(drift.alerts().get(0).getStatus()).isEqualTo(AlertStatus.RESOLVED);
      assertThat(drift.alerts().get(0).getKey()).isEqualTo(firing.getKey());
      assertThat(drift.alerts().get(0).getSince()).isEqualTo(firing.getSince());
    }
  }

  private static CauseSignal quality(long window, Verdict verdict) {
    return new CauseSignal(
        Cause.QUALITY,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        verdict,
        verdict == Verdict.DRIFT ? 0.3 : 0,
        "roc auc 0.8 to 0.5",
        List.of());
  }
}
