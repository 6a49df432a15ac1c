package dev.millrace.inference;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
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
    ConsumerRecord<byte[], byte[]> read =
        new ConsumerRecord<>(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            record.timestamp(),
            TimestampType.NO_TIMESTAMP_TYPE,
            ConsumerRecord.NULL_SIZE,
            ConsumerRecord.NULL_SIZE,
            record.key(),
            record.value(),
            record.headers(),
            Optional.empty());
    DeadLetter letter = DeadLetter.of(STAGE, read, code, detail, more);
    return new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers());
  }
}
