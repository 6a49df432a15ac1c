package dev.millrace.drift.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaAlertsTest {
  private static final String TOPIC = "millrace.shop.alerts";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final AvroEncoder encoder = AvroEncoder.forTopic(registry, TOPIC, Alert.getClassSchema());

  private static Alert alert(String cause, AlertStatus status) {
    return Alert.newBuilder()
        .setKey("shop/refund/" + cause)
        .setId(cause + status)
        .setStatus(status)
        .setMessage("")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion("v1")
        .setEpisode(1)
        .setSince(Instant.EPOCH)
        .setAt(Instant.EPOCH)
        .setPublishedAt(Instant.EPOCH)
        .setFeatures(List.of())
        .setEvidence(List.of())
        .setReport("")
        .build();
  }

  private List<Alert> read(List<byte[]> keys, List<byte[]> values) {
    try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest")) {
      Node[] none = {};
      consumer.updatePartitions(
          TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), none, none)));
      consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
      consumer.updateEndOffsets(Map.of(PARTITION, (long) keys.size()));
      consumer.schedulePollTask(
          () -> {
            for (int i = 0; i < keys.size(); i++) {
              consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, i, keys.get(i), values.get(i)));
            }
          });
      return new KafkaAlerts(TOPIC, new Properties(), () -> registry)
          .read(consumer, new AvroDecoder(registry, TOPIC, Alert.getClassSchema()));
    }
  }

  @Test
  void readsTheNewestOfEachKeyThatWasNotRemoved() {
    byte[] data = "shop/refund/data-drift".getBytes(UTF_8);
    byte[] quality = "shop/refund/quality".getBytes(UTF_8);
    byte[] fairness = "shop/refund/fairness".getBytes(UTF_8);
    Alert fired = alert("data-drift", AlertStatus.FIRING);
    Alert resolved = alert("data-drift", AlertStatus.RESOLVED);
    Alert lost = alert("quality", AlertStatus.ACKNOWLEDGED);

    List<byte[]> values = new ArrayList<>();
    values.add(encoder.encode(fired));
    values.add(encoder.encode(lost));
    values.add(encoder.encode(alert("fairness", AlertStatus.FIRING)));
    values.add(encoder.encode(resolved));
    values.add(null);

    assertThat(read(List.of(data, quality, fairness, data, fairness), values))
        .containsExactly(resolved, lost);
  }

  @Test
  void aRecordThatCannotBeDecodedNamesItsPlace() {
    assertThatThrownBy(() -> read(List.of(new byte[] {1}), List.of(new byte[] {9, 9})))
        .hasMessageContaining("topic millrace.shop.alerts, partition 0, offset 0");
  }
}
