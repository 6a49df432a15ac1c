package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model version without a profile has alerts of the causes that are found with labels. */
class NoReferenceAlertsTest {
  private static final ModelReference NONE = ModelReference.none("shop", "refund", Shop.VERSION);

  private static CauseSignal signal(Cause cause, long window, Verdict verdict) {
    return new CauseSignal(
        cause,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        verdict,
        verdict == Verdict.DRIFT ? 0.1 : 0,
        "figures",
        List.of());
  }

  /** The monitor restarts in the middle of the episode. */
  @ParameterizedTest
  @EnumSource(names = {"LABEL_COVERAGE", "CONCEPT", "QUALITY", "FAIRNESS"})
  void alertsFoundWithLabelsFireAndResolveOverARestart(Cause cause) throws Exception {
    OperatorSubtaskState snapshot;
    List<Alert> alerts = new ArrayList<>();
    List<DriftReport> reports = new ArrayList<>();
    try (DriftHarness drift = new DriftHarness(NONE, AT_ONCE, null)) {
      drift.window(0, MANY, 0).window(1, MANY, SHIFTED);
      drift.signal(signal(cause, 0, Verdict.OK)).signal(signal(cause, 1, Verdict.DRIFT));
      drift.add(2, MANY, 0);
      snapshot = drift.snapshot();
      alerts.addAll(drift.alerts());
      reports.addAll(drift.reports());
    }
    try (DriftHarness drift = new DriftHarness(NONE, AT_ONCE, snapshot)) {
      drift.close(2);
      for (int window = 2; window < 5; window++) {
        drift.signal(signal(cause, window, Verdict.OK)).close(window + 1);
      }
      alerts.addAll(drift.alerts());
      reports.addAll(drift.reports());
    }

    // The alert is repeated by the restart.
    assertThat(alerts.stream().distinct())
        .extracting(alert -> alert.getKey() + " " + alert.getStatus())
        .containsExactly(
            "shop/refund/" + cause.key() + " FIRING", "shop/refund/" + cause.key() + " RESOLVED");
    assertThat(alerts).extracting(Alert::getReferenceDigest).containsOnly("");
    assertThat(reports).extracting(DriftReport::getSamples).containsOnly((long) MANY);
    assertThat(reports)
        .hasSize(3)
        .allSatisfy(report -> assertThat(report.getState()).isEqualTo(DriftState.NO_REFERENCE))
        .allSatisfy(report -> assertThat(report.getFeatures()).isEmpty())
        .allSatisfy(report -> assertThat(report.getAlpha()).isZero());
  }

  @Test
  void conceptDriftRequestsRetraining() throws Exception {
    Retrain retrain =
        new Retrain(Set.of(dev.millrace.schemas.pipeline.Cause.CONCEPT), Duration.ZERO, 100);
    try (DriftHarness drift = new DriftHarness(NONE, retrain, null)) {
      drift.labels(0, 150).window(0, MANY, 0);
      drift.signal(signal(Cause.CONCEPT, 0, Verdict.DRIFT));

      assertThat(drift.triggers())
          .singleElement()
          .satisfies(trigger -> assertThat(trigger.getCause()).isEqualTo(RetrainingCause.CONCEPT))
          .satisfies(trigger -> assertThat(trigger.getReferenceDigest()).isEmpty());
    }
  }

  /** The profile is written while the model serves. */
  @Test
  void aProfileThatComesLaterKeepsTheEpisodesOfLabels() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness drift = new DriftHarness(NONE, AT_ONCE, null)) {
      drift.window(0, MANY, 0).signal(signal(Cause.CONCEPT, 0, Verdict.DRIFT));
      snapshot = drift.snapshot();
    }
    try (DriftHarness drift = new DriftHarness(ShopReferences.referenceSet(), AT_ONCE, snapshot)) {
      drift.window(1, MANY, 0);
      for (int window = 1; window < 4; window++) {
        drift.signal(signal(Cause.CONCEPT, window, Verdict.OK)).close(window + 1);
      }

      assertThat(drift.alerts())
          .extracting(alert -> alert.getCause() + " " + alert.getStatus())
          .containsExactly("concept-drift FIRING", "concept-drift RESOLVED");
      assertThat(drift.reports().get(0).getState()).isNotEqualTo(DriftState.NO_REFERENCE);
    }
  }
}
