package dev.millrace.schemas.flink.sink;

import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Sinks that write Kafka topics. */
public final class KafkaSinks {
  private final Properties clientSettings;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public KafkaSinks(Properties clientSettings) {
    this.clientSettings = clientSettings;
  }

  /** A sink for dead letters, at least once: after a restart some may be written again. */
  public KafkaSink<DeadLetterRecord> deadLetters(String topic) {
    return builder(new DeadLetterWriter(topic))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .build();
  }

  /**
   * A sink for any records, at least once: after a restart some may be written again. A record is
   * sent at once unless a request is on its way; those that come meanwhile go with the next one. So
   * batches form under load only.
   */
  public <T> KafkaSink<T> atLeastOnce(KafkaRecordSerializationSchema<T> writer) {
    return builder(writer)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty(ProducerConfig.LINGER_MS_CONFIG, "0")
        .setProperty(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1")
        .build();
  }

  /** A sink with a delivery guarantee. */
  public <T> KafkaSinkBuilder<T> builder(KafkaRecordSerializationSchema<T> writer) {
    Properties producer = new Properties();
    producer.putAll(clientSettings);
    producer.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    return KafkaSink.<T>builder().setKafkaProducerConfig(producer).setRecordSerializer(writer);
  }
}
