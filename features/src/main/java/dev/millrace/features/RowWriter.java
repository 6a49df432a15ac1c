package dev.millrace.features;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Makes Kafka records of rows that are encoded already. */
final class RowWriter implements KafkaRecordSerializationSchema<EncodedRow> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  RowWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      EncodedRow row, KafkaSinkContext context, @Nullable Long timestamp) {
    return new ProducerRecord<>(topic, null, row.time(), row.key(), row.value());
  }
}
