package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Alerts in the topic whose episode the job's state does not contain. */
class PublishedAlertsTest {
  private static final long FIRED = 5;

  /** An alert of an earlier job, about its sixth window. */
  private static Alert fired() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      return drift.window(FIRED, MANY, SHIFTED).alerts().get(0);
    }
  }

  @Test
  void anAlertWithoutItsStateIsResolvedByCalmWindowsAfterIt() throws Exception {
    Alert fired = fired();
    try (DriftHarness drift = new DriftHarness(List.of(fired), null)) {
      for (int window = 0; window <= FIRED + 2; window++) {
        drift.window(window, MANY, CALM);
      }
      assertThat(drift.alerts()).as("two windows after it").isEmpty();

      drift.window(FIRED + 3, MANY, CALM).window(FIRED + 4, MANY, CALM);
      assertThat(drift.alerts()).hasSize(1);
      Alert resolved = drift.alerts().get(0);
      assertThat(resolved.getStatus()).isEqualTo(AlertStatus.RESOLVED);
      assertThat(resolved.getKey()).isEqualTo(fired.getKey());
      assertThat(resolved.getSince()).isEqualTo(fired.getSince());
      assertThat(resolved.getAt()).isEqualTo(Instant.ofEpochMilli((FIRED + 4) * 1_000));
      assertThat(resolved.getMessage()).startsWith("Resolved: inputs of model shop/refund");
    }
  }

  @Test
  void aDriftThatContinuesReplacesIt() throws Exception {
    try (DriftHarness drift = new DriftHarness(List.of(fired()), null)) {
      drift.window(FIRED + 1, MANY, CALM).window(FIRED + 2, MANY, SHIFTED);
      for (long window = FIRED + 3; window < FIRED + 8; window++) {
        drift.window(window, MANY, CALM);
      }

      assertThat(drift.alerts())
          .extracting(alert -> alert.getStatus() + " " + alert.getSince().toEpochMilli())
          .containsExactly("FIRING 7000", "RESOLVED 7000");
    }
  }

  @Test
  void anAlertOfAnotherVersionIsResolvedAtOnce() throws Exception {
    Alert other = Alert.newBuilder(fired()).setModelVersion("ba9876543210").build();
    try (DriftHarness drift = new DriftHarness(List.of(other), null)) {
      drift.add(FIRED + 1, MANY, CALM);

      assertThat(drift.alerts()).extracting(Alert::getStatus).containsExactly(AlertStatus.RESOLVED);
      assertThat(drift.alerts().get(0).getModelVersion()).isEqualTo("ba9876543210");
    }
  }

  @Test
  void alertsThatTheStateContainsAndOtherAlertsStay() throws Exception {
    Alert fired = fired();
    OperatorSubtaskState state;
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      state = drift.window(FIRED, MANY, SHIFTED).snapshot();
    }
    Alert ofAnotherModel = Alert.newBuilder(fired).setKey("shop/other/data-drift").build();
    Alert resolved =
        Alert.newBuilder(fired)
            .setKey("shop/refund/prediction-drift")
            .setStatus(AlertStatus.RESOLVED)
            .build();
    try (DriftHarness drift = new DriftHarness(List.of(fired, ofAnotherModel, resolved), state)) {
      for (long window = FIRED + 1; window < FIRED + 6; window++) {
        drift.window(window, MANY, CALM);
      }

      assertThat(drift.alerts())
          .extracting(alert -> alert.getKey() + " " + alert.getStatus())
          .containsExactly("shop/refund/data-drift FIRING", "shop/refund/data-drift RESOLVED");
    }
  }
}
