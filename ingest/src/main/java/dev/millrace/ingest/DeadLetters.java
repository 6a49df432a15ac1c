package dev.millrace.ingest;

import dev.millrace.ingest.Checked.Invalid;
import dev.millrace.schemas.deadletter.DeadLetter;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.Record;

/** Makes dead letters: the producer's key, value and headers as they came, and what was wrong. */
final class DeadLetters {
  private static final String STAGE = "ingest";

  private DeadLetters() {}

  @SuppressWarnings("NullAway") // Kafka takes a null key and value, but is not annotated.
  static Record<byte[], byte[]> of(Record<byte[], byte[]> record, Origin origin, Invalid reason) {
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(Origin.PREFIX)) {
        headers.add(header);
      }
    }
    ConsumerRecord<byte[], byte[]> read =
        new ConsumerRecord<>(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            record.timestamp(),
            TimestampType.NO_TIMESTAMP_TYPE,
            ConsumerRecord.NULL_SIZE,
            ConsumerRecord.NULL_SIZE,
            origin.key(),
            record.value(),
            headers,
            Optional.empty());
    DeadLetter letter = DeadLetter.of(STAGE, read, reason.code(), reason.detail());
    return record.withKey(letter.key()).withValue(letter.value()).withHeaders(letter.headers());
  }
}
