package dev.millrace.deploy.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiringAlertsTest {
  private static final Alert DATA = alert("data-drift", AlertStatus.FIRING);
  private static final Alert CONCEPT = alert("concept-drift", AlertStatus.FIRING);

  private static Alert alert(String cause, AlertStatus status) {
    return Alert.newBuilder()
        .setKey("shop/refund/" + cause)
        .setId("1")
        .setStatus(status)
        .setMessage("")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion("v7")
        .setEpisode(1)
        .setSince(Instant.ofEpochMilli(1_000))
        .setAt(Instant.ofEpochMilli(2_000))
        .setPublishedAt(Instant.EPOCH)
        .setFeatures(List.of())
        .setEvidence(List.of())
        .setReport("")
        .setCause(cause)
        .build();
  }

  private static FiringAlerts firing(Alert... newest) {
    return FiringAlerts.of("shop", List.of(newest));
  }

  @Test
  void selectsByKeyByCauseAndTheOnlyOne() {
    assertThat(firing(DATA, CONCEPT).select("shop/refund/data-drift", false)).containsExactly(DATA);
    assertThat(firing(DATA, CONCEPT).select("concept-drift", false)).containsExactly(CONCEPT);
    assertThat(firing(DATA, CONCEPT).select(null, true)).containsExactly(CONCEPT, DATA);
    assertThat(firing(DATA, alert("quality", AlertStatus.RESOLVED)).select(null, false))
        .containsExactly(DATA);
  }

  @Test
  void doesNotGuess() {
    assertThatThrownBy(() -> firing(DATA, CONCEPT).select(null, false))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("2 alerts of pipeline shop fire; name one with --alert")
        .hasMessageContaining("shop/refund/data-drift since 1970-01-01T00:00:01Z");
    assertThatThrownBy(() -> firing(DATA).select("fairness", false))
        .hasMessageContaining("'fairness'; these fire:")
        .hasMessageContaining("shop/refund/data-drift");
    assertThatThrownBy(
            () -> firing(alert("data-drift", AlertStatus.ACKNOWLEDGED)).select(null, true))
        .hasMessageContaining("no alert of pipeline shop fires that is not acknowledged");
  }

  @Test
  void namesTheEpisode() {
    AlertAck ack = FiringAlerts.acknowledgement(DATA, "ada", "known", Instant.ofEpochMilli(9));

    assertThat(ack.getKey()).isEqualTo(DATA.getKey());
    assertThat(ack.getSince()).isEqualTo(DATA.getSince());
    assertThat(ack.getModelVersion()).isEqualTo("v7");
    assertThat(ack.getAcknowledgedBy()).isEqualTo("ada");
  }
}
