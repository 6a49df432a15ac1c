package dev.millrace.drift.job;

import static dev.millrace.drift.ShopReferences.referenceSet;
import static dev.millrace.drift.ShopReferences.reprofiled;
import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingTrigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** The monitor with the state of an earlier run. */
class DriftRestartTest {
  @Test
  void aRestoredMonitorResumesAndRepeatsTheLastAlertUnchanged() throws Exception {
    OperatorSubtaskState snapshot;
    Alert fired;
    RetrainingTrigger triggered;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, CALM).window(1, MANY, SHIFTED).add(2, MANY, SHIFTED);
      snapshot = before.snapshot();
      fired = before.alerts().get(0);
      triggered = before.triggers().get(0);
    }
    try (DriftHarness after = new DriftHarness(referenceSet(), AT_ONCE, snapshot)) {
      after.close(2).add(1, 5, SHIFTED);
      after.window(3, MANY, CALM).window(4, MANY, CALM).window(5, MANY, CALM);

      assertThat(after.reports().get(0).getSamples()).isEqualTo(MANY);
      assertThat(after.reports().get(0).getState()).isEqualTo(DriftState.DRIFT);
      assertThat(after.reports().get(1).getLate()).isEqualTo(5);
      assertThat(after.alerts().get(0)).isEqualTo(fired);
      assertThat(after.alerts())
          .extracting(Alert::getStatus)
          .containsExactly(AlertStatus.FIRING, AlertStatus.RESOLVED);
      assertThat(after.triggers()).isEmpty();
      assertThat(triggered.getEpisode()).isEqualTo(1);
    }
  }

  @Test
  void aMonitorRestoredFromBeforeTheShiftSendsTheSameIdsAgain() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness first = new DriftHarness(AT_ONCE)) {
      first.window(0, MANY, CALM);
      snapshot = first.snapshot();
      first.window(1, MANY, SHIFTED);
      try (DriftHarness second = new DriftHarness(referenceSet(), AT_ONCE, snapshot)) {
        second.window(1, MANY, SHIFTED);

        assertThat(second.reports()).containsExactly(first.reports().get(1));
        assertThat(second.alerts().get(0).getId()).isEqualTo(first.alerts().get(0).getId());
        assertThat(second.triggers().get(0).getId()).isEqualTo(first.triggers().get(0).getId());
      }
    }
  }

  @Test
  void aNewVersionResolvesTheAlertOfTheOldOneAndStartsAgain() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED).add(1, MANY, SHIFTED);
      snapshot = before.snapshot();
    }
    try (DriftHarness after = new DriftHarness(referenceSet("ba9876543210"), AT_ONCE, snapshot)) {
      after.close(1);
      assertThat(after.reports()).isEmpty();

      after.window(2, MANY, CALM).window(3, MANY, SHIFTED);
      assertThat(after.alerts())
          .extracting(Alert::getId)
          .containsExactly(
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/RESOLVED",
              "shop/refund/data-drift/ba9876543210/fedcba987654/1970-01-01T00:00:03Z/FIRING");
      assertThat(after.reports()).extracting(DriftReport::getSamples).containsOnly((long) MANY);
      assertThat(after.triggers().get(0).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(2_000));
    }
  }

  @Test
  void aRestoredMonitorWithoutAnAlertWritesNone() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, CALM);
      snapshot = before.snapshot();
    }
    try (DriftHarness after = new DriftHarness(referenceSet(), AT_ONCE, snapshot)) {
      after.window(1, MANY, CALM).window(2, MANY, CALM);

      assertThat(after.alerts()).isEmpty();
    }
  }

  /** Its bins differ, so that its counts cannot be added to earlier ones. */
  @Test
  void aNewProfileOfTheSameModelResolvesTheAlertOfTheOldOneAndStartsAgain() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED).add(1, MANY, SHIFTED);
      snapshot = before.snapshot();
    }
    try (DriftHarness after = new DriftHarness(reprofiled(), AT_ONCE, snapshot)) {
      after.add(1, MANY, CALM).close(1).window(2, MANY, CALM).window(3, MANY, SHIFTED);

      assertThat(after.reports()).extracting(DriftReport::getSamples).containsOnly((long) MANY);
      assertThat(after.reports())
          .extracting(DriftReport::getReferenceDigest)
          .containsOnly(reprofiled().digest());
      assertThat(after.reports())
          .extracting(DriftReport::getState)
          .containsExactly(DriftState.OK, DriftState.OK, DriftState.DRIFT);
      assertThat(after.alerts())
          .extracting(Alert::getStatus)
          .containsExactly(AlertStatus.RESOLVED, AlertStatus.FIRING);
      assertThat(after.alerts().get(0).getMessage()).contains("profile");
      assertThat(after.triggers()).hasSize(1);
    }
  }

  @Test
  void dropsAndCountsPartialsOfAnotherReference() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.add(0, MANY, CALM).foreign(reprofiled(), 0, 30).foreign(reprofiled(), 1, 5);
      drift.close(0).close(1);

      assertThat(drift.reports()).extracting(DriftReport::getSamples).containsExactly((long) MANY);
      assertThat(drift.count("predictions_of_other_references_total")).isEqualTo(35);
    }
  }

  @Test
  void aCheckpointWithinAWindowChangesNothing() throws Exception {
    try (DriftHarness without = new DriftHarness(AT_ONCE);
        DriftHarness with = new DriftHarness(AT_ONCE)) {
      without.add(0, MANY, CALM).add(0, MANY, SHIFTED).close(0);
      with.add(0, MANY, CALM).snapshot();
      with.add(0, MANY, SHIFTED).snapshot();
      with.close(0);

      assertThat(with.reports()).isEqualTo(without.reports()).hasSize(1);
      assertThat(with.reports().get(0).getSamples()).isEqualTo(2 * MANY);
    }
  }

  @Test
  void aVersionThatReturnsHasNewIds() throws Exception {
    List<String> versions = List.of(Shop.VERSION, "ba9876543210", Shop.VERSION);
    List<String> alerts = new ArrayList<>();
    List<String> triggers = new ArrayList<>();
    OperatorSubtaskState snapshot = null;
    for (int i = 0; i < versions.size(); i++) {
      try (DriftHarness drift =
          new DriftHarness(referenceSet(versions.get(i)), AT_ONCE, snapshot)) {
        drift.window(10L * i, MANY, SHIFTED);
        snapshot = drift.snapshot();
        drift.alerts().forEach(alert -> alerts.add(alert.getId()));
        drift.triggers().forEach(trigger -> triggers.add(trigger.getId()));
      }
    }

    assertThat(alerts).hasSize(5).doesNotHaveDuplicates();
    assertThat(triggers).hasSize(3).doesNotHaveDuplicates();
  }

  /** Counts are stored by the position of a feature. */
  @Test
  void inputsInAnotherOrderStartAgain() throws Exception {
    startsAgainWith(List.of("channel", "amount", "score"));
  }

  @Test
  void aRemovedInputStartsAgain() throws Exception {
    startsAgainWith(List.of("amount", "score"));
  }

  private static CauseSignal signal(Cause cause, long window, Verdict verdict) {
    return new CauseSignal(
        cause,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        verdict,
        0.3,
        "0.9 to 0.6",
        List.of());
  }

  /** Labels do not depend on the profile. */
  @Test
  void aNewProfileOfTheSameModelKeepsTheAlertsThatDoNotDependOnIt() throws Exception {
    OperatorSubtaskState snapshot;
    Alert coverage;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, CALM).window(9, MANY, SHIFTED);
      before.signal(signal(Cause.LABEL_COVERAGE, 0, Verdict.DRIFT));
      coverage = before.alerts().get(before.alerts().size() - 1);
      assertThat(coverage.getCause()).isEqualTo("label-coverage");
      snapshot = before.snapshot();
    }
    try (DriftHarness after = new DriftHarness(reprofiled(), AT_ONCE, snapshot)) {
      after.window(10, MANY, CALM).signal(signal(Cause.LABEL_COVERAGE, 1, Verdict.DRIFT));

      assertThat(after.alerts())
          .extracting(alert -> alert.getCause() + " " + alert.getStatus())
          .containsExactlyInAnyOrder("data-drift RESOLVED", "label-coverage FIRING");
      assertThat(after.alerts()).as("the alert is repeated as it was").contains(coverage);

      after.window(11, MANY, CALM).signal(signal(Cause.LABEL_COVERAGE, 2, Verdict.OK));
      after.window(12, MANY, CALM).signal(signal(Cause.LABEL_COVERAGE, 3, Verdict.OK));
      after.window(13, MANY, CALM).signal(signal(Cause.LABEL_COVERAGE, 4, Verdict.OK));
      Alert last = after.alerts().get(after.alerts().size() - 1);
      assertThat(last.getStatus()).isEqualTo(AlertStatus.RESOLVED);
      assertThat(last.getSince()).isEqualTo(coverage.getSince());
    }
  }

  /** The order of the first records differs from start to start. */
  @Test
  void alertsOfAReplacedReferenceEndAfterTheyBegan() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(9, MANY, CALM).window(10, MANY, SHIFTED);
      snapshot = before.snapshot();
    }
    List<Alert> resolved = new ArrayList<>();
    for (int first = 0; first < 3; first++) {
      try (DriftHarness after = new DriftHarness(referenceSet("ba9876543210"), AT_ONCE, snapshot)) {
        if (first == 0) {
          after.signal(signal(Cause.QUALITY, 2, Verdict.OK));
        } else if (first == 1) {
          after.acknowledge(
              new Acknowledgement(
                  "shop/refund/data-drift", Shop.VERSION, 10 * Shop.WINDOW, "ada", "", 0));
        }
        after.add(12, MANY, CALM).window(11, MANY, CALM);
        resolved.add(after.alerts().get(after.alerts().size() - 1));
      }
    }

    assertThat(resolved).extracting(Alert::getStatus).containsOnly(AlertStatus.RESOLVED);
    assertThat(resolved).extracting(Alert::getAt).containsOnly(Instant.ofEpochMilli(11_000));
  }

  private static void startsAgainWith(List<String> features) throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED).add(1, MANY, SHIFTED);
      snapshot = before.snapshot();
    }
    ModelReference old = referenceSet();
    ModelReference changed =
        new ModelReference(
            old.pipeline(),
            old.model(),
            old.version(),
            old.digest(),
            features,
            () ->
                features.stream()
                    .map(
                        feature ->
                            referenceSet().references().stream()
                                .filter(reference -> reference.feature().equals(feature))
                                .findFirst()
                                .orElseThrow())
                    .toList(),
            ShopReferences.blocks(features));
    try (DriftHarness after = new DriftHarness(changed, AT_ONCE, snapshot)) {
      after.close(1).window(2, MANY, CALM).window(3, MANY, CALM);

      assertThat(after.count("predictions_of_other_references_total")).isEqualTo(MANY);
      assertThat(after.reports())
          .extracting(DriftReport::getState)
          .containsExactly(DriftState.OK, DriftState.OK);
      assertThat(after.alerts()).extracting(Alert::getStatus).containsOnly(AlertStatus.RESOLVED);
      assertThat(after.alerts().get(0).getId())
          .isEqualTo(
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/RESOLVED");
    }
  }
}
