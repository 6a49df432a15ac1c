package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What an acknowledgement does to an episode. */
class AcknowledgementsTest {
  private static Acknowledgement since(long window) {
    return new Acknowledgement(
        "shop/refund/data-drift",
        Shop.VERSION,
        window * Shop.WINDOW,
        "ada",
        "price list of March",
        1_700_000_000_000L);
  }

  private static List<String> statuses(DriftHarness drift) {
    return drift.alerts().stream()
        .map(alert -> alert.getStatus() + " " + alert.getSince().toEpochMilli())
        .toList();
  }

  @Test
  void endsTheLatchAndSilencesTheSameDrift() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, SHIFTED).acknowledge(since(0)).window(1, MANY, SHIFTED);
      drift.window(2, MANY, CALM).window(3, MANY, SHIFTED);

      assertThat(statuses(drift)).containsExactly("FIRING 0", "ACKNOWLEDGED 0");
      Alert alert = drift.alerts().get(1);
      assertThat(alert.getAcknowledgedBy()).isEqualTo("ada");
      assertThat(alert.getAcknowledgedReason()).isEqualTo("price list of March");
      assertThat(alert.getAcknowledgedAt().toEpochMilli()).isEqualTo(1_700_000_000_000L);
      assertThat(alert.getMessage()).startsWith("Acknowledged by ada (price list of March). ");
      assertThat(alert.getFeatures()).containsExactly("amount");
      assertThat(drift.reports())
          .extracting(DriftReport::getState)
          .containsExactly(DriftState.DRIFT, DriftState.DRIFT, DriftState.OK, DriftState.DRIFT);
      assertThat(drift.triggers()).hasSize(1);
    }
  }

  @Test
  void anAcknowledgedDriftResolvesAndTheNextOneFires() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, SHIFTED).acknowledge(since(0));
      drift.window(1, MANY, CALM).window(2, MANY, CALM).window(3, MANY, CALM);
      drift.window(4, MANY, SHIFTED);

      assertThat(statuses(drift))
          .containsExactly("FIRING 0", "ACKNOWLEDGED 0", "RESOLVED 0", "FIRING 4000");
      assertThat(drift.alerts().get(3).getAcknowledgedBy()).isNull();
      assertThat(drift.alerts()).extracting(Alert::getEpisode).containsExactly(1, 1, 1, 2);
    }
  }

  @Test
  void aDriftThatHasGrownSinceFiresAgain() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, SHIFTED).acknowledge(since(0)).window(1, MANY, SHIFTED);
      drift.window(2, MANY, 9 * SHIFTED).window(3, MANY, 9 * SHIFTED);

      assertThat(statuses(drift)).containsExactly("FIRING 0", "ACKNOWLEDGED 0", "FIRING 2000");
      assertThat(drift.reports().get(2).getState()).isEqualTo(DriftState.DRIFT);
    }
  }

  /** It names the episode, so one that comes late does not silence another episode. */
  @Test
  void anAcknowledgementOfAnotherEpisodeIsIgnored() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.acknowledge(since(0)).window(0, MANY, CALM).window(1, MANY, SHIFTED);
      drift.acknowledge(since(0)).acknowledge(since(1)).acknowledge(since(1));

      assertThat(statuses(drift)).containsExactly("FIRING 1000", "ACKNOWLEDGED 1000");
    }
  }

  @Test
  void survivesARestart() throws Exception {
    OperatorSubtaskState snapshot;
    Alert acknowledged;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED).acknowledge(since(0));
      acknowledged = before.alerts().get(1);
      snapshot = before.snapshot();
    }
    try (DriftHarness after = new DriftHarness(ShopReferences.referenceSet(), AT_ONCE, snapshot)) {
      after.window(1, MANY, SHIFTED).window(2, MANY, CALM).window(3, MANY, CALM);
      after.window(4, MANY, CALM);

      assertThat(after.alerts().get(0)).isEqualTo(acknowledged);
      assertThat(after.alerts())
          .extracting(Alert::getStatus)
          .containsExactly(AlertStatus.ACKNOWLEDGED, AlertStatus.RESOLVED);
    }
  }
}
