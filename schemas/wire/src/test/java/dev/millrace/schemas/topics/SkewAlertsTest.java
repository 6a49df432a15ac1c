package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkewAlertsTest {
  private static final Instant SINCE = Instant.ofEpochMilli(1_700_000_000_000L);
  private static final Instant NOW = SINCE.plusSeconds(60);

  /** Also one of the versions whose keys had no generation. */
  @Test
  void whatOtherGenerationsHaveLeftIsResolved() {
    Alert retired = alert(SkewAlerts.key("p", "0000000a", "shop.count_1h"), AlertStatus.FIRING);
    Alert old = alert("p/serving-skew/shop.count_1h", AlertStatus.FIRING);

    List<Alert> resolved = resolve(retired, old);

    assertThat(resolved).extracting(Alert::getKey).containsExactly(retired.getKey(), old.getKey());
    assertThat(resolved)
        .allSatisfy(
            alert -> {
              assertThat(alert.getStatus()).isEqualTo(AlertStatus.RESOLVED);
              assertThat(alert.getSince()).isEqualTo(SINCE);
              assertThat(alert.getPublishedAt()).isEqualTo(NOW);
              assertThat(alert.getMessage()).contains("generation 0000000b does");
              assertThat(alert.getFeatures()).isEmpty();
            });
    assertThat(resolved.get(0).getId())
        .isEqualTo("p/serving-skew/0000000a/shop.count_1h/%s/RESOLVED".formatted(SINCE));
  }

  @Test
  void theServingGenerationAndOtherAlertsStayAsTheyAre() {
    assertThat(
            resolve(
                alert(SkewAlerts.key("p", "0000000b", "shop.count_1h"), AlertStatus.FIRING),
                alert(SkewAlerts.key("p", "0000000a", "shop.count_1h"), AlertStatus.RESOLVED),
                alert("p/fraud/3/drift", AlertStatus.FIRING),
                alert(SkewAlerts.key("pp", "0000000a", "shop.count_1h"), AlertStatus.FIRING)))
        .isEmpty();
  }

  private static List<Alert> resolve(Alert... newest) {
    return SkewAlerts.resolveOthers(List.of(newest), "p", "0000000b", NOW);
  }

  private static Alert alert(String key, AlertStatus status) {
    return Alert.newBuilder()
        .setKey(key)
        .setId(key + "/" + status)
        .setStatus(status)
        .setMessage("50 % differ.")
        .setPipeline("p")
        .setModel("")
        .setModelVersion("")
        .setEpisode(0)
        .setSince(SINCE)
        .setAt(SINCE)
        .setPublishedAt(SINCE)
        .setFeatures(List.of("shop.count_1h"))
        .setEvidence(List.of())
        .setReport("")
        .build();
  }
}
