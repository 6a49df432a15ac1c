package dev.millrace.schemas.deadletter;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record as it was read, and its position.
 *
 * @param headers all headers, including those of an earlier dead letter
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record OriginalRecord(
    String topic,
    int partition,
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Headers headers) {

  /** The original record of a record that a consumer read. */
  public static OriginalRecord of(ConsumerRecord<byte[], byte[]> record) {
    return new OriginalRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        record.headers());
  }
}
