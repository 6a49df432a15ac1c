package dev.millrace.schemas.flink.sink;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes dead letters to a topic unchanged. */
record DeadLetterWriter(String topic) implements KafkaRecordSerializationSchema<DeadLetterRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetterRecord letter, KafkaSinkContext context, @Nullable Long timestamp) {
    return letter.toProducerRecord(topic);
  }
}
