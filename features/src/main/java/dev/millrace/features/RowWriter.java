package dev.millrace.features;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.schemas.topics.Topics;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes Kafka records of rows that are encoded already. Their timestamp is the time of writing. */
final class RowWriter implements KafkaRecordSerializationSchema<EncodedRow> {
  private static final long serialVersionUID = 1L;
  private static final byte[] TRUE = "true".getBytes(US_ASCII);

  private final String topic;

  RowWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      EncodedRow row, KafkaSinkContext context, @Nullable Long timestamp) {
    Headers headers = new RecordHeaders();
    headers.add(Topics.EVENT_TIME_HEADER, String.valueOf(row.time()).getBytes(US_ASCII));
    if (row.late()) {
      headers.add(Topics.LATE_HEADER, TRUE);
    }
    return new ProducerRecord<>(topic, null, null, row.key(), row.value(), headers);
  }
}
