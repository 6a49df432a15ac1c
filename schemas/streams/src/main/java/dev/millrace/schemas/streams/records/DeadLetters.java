package dev.millrace.schemas.streams.records;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.deadletter.OriginalRecord;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Makes the dead letters of a service: key, value and headers as they were read, and headers with
 * the reason.
 *
 * @param stage name of the service, in the header {@code millrace.error.stage}
 */
public record DeadLetters(String stage) {
  /**
   * The dead letter of a record.
   *
   * @param record as it was read; its key may be null
   */
  public Record<byte[], byte[]> of(
      RecordPosition position, Record<byte[], byte[]> record, RejectionCode code, String detail) {
    return of(position, record, code, detail, List.of());
  }

  /**
   * The dead letter of a record.
   *
   * @param record as it was read; its key may be null
   * @param more headers with details of the reason, beside those of every dead letter
   */
  @SuppressWarnings("NullAway") // Kafka accepts a null key and value, but is not annotated.
  public Record<byte[], byte[]> of(
      RecordPosition position,
      Record<byte[], byte[]> record,
      RejectionCode code,
      String detail,
      List<Header> more) {
    OriginalRecord original =
        new OriginalRecord(
            position.topic(),
            position.partition(),
            position.offset(),
            record.key(),
            record.value(),
            record.headers());
    DeadLetter letter = DeadLetter.of(stage, original, code, detail, more);
    return new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers());
  }
}
