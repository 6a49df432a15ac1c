package dev.millrace.deploy.e2e.expected;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.topics.SkewAlerts;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** An alert of serving skew, as the job of the generation that serves writes it. */
public final class SkewAlert {
  private final RunningPipeline running;
  private final String topic;
  private final String key;

  /**
   * @param feature with its lookup
   */
  public SkewAlert(RunningPipeline running, String feature) {
    this.running = running;
    this.topic = Topics.alerts(running.pipeline());
    this.key =
        SkewAlerts.key(running.pipeline().name(), Generation.of(running.pipeline()), feature);
  }

  /** Publishes it. */
  public void fire() throws InterruptedException {
    Alert alert =
        Alert.newBuilder()
            .setKey(key)
            .setId(key + "/FIRING")
            .setStatus(AlertStatus.FIRING)
            .setMessage("30.0 % of the served values differ from the true ones.")
            .setPipeline(running.pipeline().name())
            .setModel("")
            .setModelVersion("")
            .setEpisode(0)
            .setSince(Instant.EPOCH)
            .setAt(Instant.EPOCH)
            .setPublishedAt(Instant.EPOCH)
            .setFeatures(List.of())
            .setEvidence(List.of())
            .setReport("")
            .build();
    AvroEncoder encoder = AvroEncoder.forTopic(running.registry(), topic, Alert.getClassSchema());
    running.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), encoder.encode(alert)));
  }

  /** Checks that the newest alert of its key says that it is resolved. */
  public void checkResolved() {
    var decoder = running.decoder(topic, Alert.getClassSchema());
    assertThat(
            running.read(topic).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(key))
                .map(record -> RunningPipeline.decode(decoder, record).get("status").toString()))
        .as(key)
        .endsWith(AlertStatus.RESOLVED.name());
  }
}
