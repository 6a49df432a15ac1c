package dev.millrace.schemas.deadletter;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record as it was read, and where it stands.
 *
 * @param headers those of an earlier dead letter included
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record OriginalRecord(
    String topic,
    int partition,
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Headers headers) {

  /** Of a record that a consumer read. */
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
