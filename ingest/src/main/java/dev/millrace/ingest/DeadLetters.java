package dev.millrace.ingest;

import dev.millrace.ingest.Checked.Invalid;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.deadletter.OriginalRecord;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
    OriginalRecord read =
        new OriginalRecord(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            origin.key(),
            record.value(),
            headers);
    DeadLetter letter = DeadLetter.of(STAGE, read, reason.code(), reason.detail(), List.of());
    return record.withKey(letter.key()).withValue(letter.value()).withHeaders(letter.headers());
  }
}
