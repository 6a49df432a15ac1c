package dev.millrace.ingest.topology;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.schemas.deadletter.DeadLetter;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.Record;

/** Makes dead letters: the producer's key, value and headers unchanged, and the rejection. */
final class DeadLetters {
  private static final String STAGE = "ingest";

  private DeadLetters() {}

  @SuppressWarnings("NullAway") // Kafka takes a null key and value, but is not annotated.
  static Record<byte[], byte[]> of(
      Record<byte[], byte[]> record, ArrivalPosition position, Rejected reason) {
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(RekeyHeaders.PREFIX)) {
        headers.add(header);
      }
    }
    ConsumerRecord<byte[], byte[]> read =
        new ConsumerRecord<>(
            position.topic(),
            position.partition(),
            position.offset(),
            record.timestamp(),
            TimestampType.NO_TIMESTAMP_TYPE,
            ConsumerRecord.NULL_SIZE,
            ConsumerRecord.NULL_SIZE,
            position.key(),
            record.value(),
            headers,
            Optional.empty());
    DeadLetter letter = DeadLetter.of(STAGE, read, reason.code(), reason.detail());
    return record.withKey(letter.key()).withValue(letter.value()).withHeaders(letter.headers());
  }
}
