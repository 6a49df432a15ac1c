package dev.millrace.drift.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.flink.source.RegistryFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the compacted topic of alerts to its end.
 *
 * @param client settings of Kafka clients
 */
record KafkaAlerts(String topic, Properties client, RegistryFactory registry)
    implements PublishedAlerts {
  @Override
  public List<Alert> read() {
    Map<String, Object> settings = new HashMap<>();
    client.stringPropertyNames().forEach(name -> settings.put(name, client.getProperty(name)));
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      return read(consumer, new AvroDecoder(registry.connect(), topic, Alert.getClassSchema()));
    }
  }

  List<Alert> read(Consumer<byte[], byte[]> consumer, AvroDecoder decoder) {
    Map<String, Alert> newest = new TreeMap<>();
    TopicRecords.forEach(consumer, topic, record -> add(record, decoder, newest));
    return List.copyOf(newest.values());
  }

  /** A record without a value removes an alert. */
  private static void add(
      ConsumerRecord<byte[], byte[]> record, AvroDecoder decoder, Map<String, Alert> newest) {
    String key = new String(record.key(), UTF_8);
    if (record.value() == null) {
      newest.remove(key);
    } else if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      newest.put(key, SpecificRecords.of(value.record(), Alert.class));
    } else {
      throw new IllegalStateException(
          "topic %s, partition %d, offset %d: only the drift job writes alerts, but the record cannot be decoded; write a record with its key and no value"
              .formatted(record.topic(), record.partition(), record.offset()));
    }
  }
}
