package dev.millrace.inference;

import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A clean event on its way to its prediction. */
final class Event {
  /** Of the scored source's clean topic. */
  final long offset;

  /** Event time, epoch millis. */
  final long time;

  final byte[] key;
  final byte[] value;
  final Headers headers;
  final GenericRecord fields;

  /** The rows that this event caused, by the index of their view; null: not here yet. */
  final @Nullable Row[] own;

  /** Wall clock, epoch millis. */
  long waitingSince;

  Event(
      long offset,
      long time,
      byte[] key,
      byte[] value,
      Headers headers,
      GenericRecord fields,
      int views) {
    this.offset = offset;
    this.time = time;
    this.key = key;
    this.value = value;
    this.headers = headers;
    this.fields = fields;
    this.own = new @Nullable Row[views];
  }
}
