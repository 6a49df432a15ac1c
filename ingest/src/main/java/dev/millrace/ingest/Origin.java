package dev.millrace.ingest;

import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Where a record stood in its producer's topic: its arrival partition and its offset there. It is
 * carried in headers through the rekeyed topic, for dead letters and for telling a record that is
 * read again from a duplicate.
 *
 * @param key as the producer sent it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Origin(String topic, int partition, long offset, byte @Nullable [] key) {
  /** Headers that only records of the rekeyed topic have. */
  static final String PREFIX = WireHeaders.REKEY_PREFIX;

  private static final String POSITION = PREFIX + "origin";
  private static final String KEY = PREFIX + "key";

  /** Of a record of the producer's topic. */
  static Origin of(RecordMetadata metadata, Record<byte[], byte[]> record) {
    return new Origin(metadata.topic(), metadata.partition(), metadata.offset(), record.key());
  }

  /** Of a record of the rekeyed topic. */
  static Origin read(Headers headers) {
    String[] position = text(headers, POSITION).split("/", -1);
    Header key = headers.lastHeader(KEY);
    return new Origin(
        position[0],
        Integer.parseInt(position[1]),
        Long.parseLong(position[2]),
        key == null ? null : key.value());
  }

  void write(Headers headers) {
    // A producer's own header of this name must not pass for ours.
    headers.remove(KEY);
    WireHeaders.put(headers, POSITION, "%s/%d/%d".formatted(topic, partition, offset));
    if (key != null) {
      headers.add(KEY, key);
    }
  }

  private static String text(Headers headers, String name) {
    String text = WireHeaders.text(headers, name);
    if (text == null) {
      throw new IllegalStateException(
          "a record of the rekeyed topic has no header "
              + name
              + ": only ingest may write to that topic");
    }
    return text;
  }
}
