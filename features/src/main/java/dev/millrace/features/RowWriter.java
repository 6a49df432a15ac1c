package dev.millrace.features;

import dev.millrace.schemas.topics.WireHeaders;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes Kafka records of rows that are encoded already. Their timestamp is the time of writing. */
final class RowWriter implements KafkaRecordSerializationSchema<EncodedRow> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  RowWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      EncodedRow row, KafkaSinkContext context, @Nullable Long timestamp) {
    Headers headers = new RecordHeaders();
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, row.time());
    if (row.late()) {
      WireHeaders.put(headers, WireHeaders.LATE, "true");
    }
    return new ProducerRecord<>(topic, null, null, row.key(), row.value(), headers);
  }
}
