package dev.millrace.inference;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.deadletter.OriginalRecord;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;

/** Makes dead letters: key, value and headers as they were read, and what was wrong. */
final class DeadLetters {
  private static final String STAGE = "inference";

  private DeadLetters() {}

  /**
   * The dead letter of a record.
   *
   * @param more headers that say what was wrong, beside those of every dead letter
   */
  @SuppressWarnings("NullAway") // Kafka takes a null key and value, but is not annotated.
  static Record<byte[], byte[]> of(
      Record<byte[], byte[]> record,
      Origin origin,
      RejectionCode code,
      String detail,
      List<Header> more) {
    OriginalRecord read =
        new OriginalRecord(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            record.key(),
            record.value(),
            record.headers());
    DeadLetter letter = DeadLetter.of(STAGE, read, code, detail, more);
    return new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers());
  }
}
