package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.ingest.check.CheckedEvent.Valid;
import dev.millrace.ingest.clock.Lateness;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.streams.records.DeadLetters;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** Makes the records that ingest writes for a source. */
final class OutputRecords {
  private static final DeadLetters DEAD_LETTERS = new DeadLetters(ProcessNames.INGEST);

  private final String source;
  private final AvroEncoder encoder;

  /**
   * @param encoder for the clean topic
   */
  OutputRecords(String source, AvroEncoder encoder) {
    this.source = source;
    this.encoder = encoder;
  }

  /** The record of a valid event on the clean topic. */
  Record<byte[], byte[]> clean(
      Record<byte[], byte[]> record, ArrivalPosition position, Valid event, Lateness lateness) {
    Headers headers = producersHeaders(record.headers());
    if (record.timestamp() > 0) {
      WireHeaders.put(headers, WireHeaders.PUBLISHED, record.timestamp());
    }
    WireHeaders.put(headers, WireHeaders.EVENT_CLOCK, lateness.clockMillis());
    WireHeaders.put(headers, WireHeaders.ARRIVAL, position.partition());
    return new Record<>(
        event.key().getBytes(UTF_8), encoder.encode(event.event()), event.timeMillis(), headers);
  }

  /** The same event on the late topic, which all sources share. */
  Record<byte[], byte[]> late(
      Record<byte[], byte[]> record, ArrivalPosition position, Valid event, Lateness lateness) {
    Record<byte[], byte[]> late = clean(record, position, event, lateness);
    WireHeaders.put(late.headers(), WireHeaders.SOURCE, source);
    return late;
  }

  /** The record on the rekeyed topic, on the partition of its key. */
  Record<byte[], byte[]> rekeyed(
      Record<byte[], byte[]> record, ArrivalPosition position, byte[] key, Lateness lateness) {
    Record<byte[], byte[]> rekeyed = record.withKey(key);
    RekeyHeaders.write(rekeyed.headers(), position, lateness);
    return rekeyed;
  }

  /**
   * The dead letter of a record: the producer's key, value and headers unchanged, and the reason.
   */
  @SuppressWarnings("NullAway") // Kafka accepts a null key and value, but is not annotated.
  static Record<byte[], byte[]> deadLetter(
      Record<byte[], byte[]> record, ArrivalPosition position, Rejected reason) {
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(WireHeaders.REKEY_PREFIX)) {
        headers.add(header);
      }
    }
    Record<byte[], byte[]> original = record.withKey(position.key()).withHeaders(headers);
    return DEAD_LETTERS.of(position.record(), original, reason.code(), reason.detail());
  }

  /** The rejection of an event whose record would exceed the largest size. */
  static Rejected tooLarge(Record<byte[], byte[]> record) {
    return new Rejected(
        RejectionCode.TOO_LARGE,
        "the event would take %d bytes in its clean topic, but at most %d are written: publish large contents elsewhere and send a reference"
            .formatted(StreamsRecordSize.of(record), RecordSize.MAX_BYTES));
  }

  /** The producer's headers, such as a trace's context, without those of the hops before. */
  private static Headers producersHeaders(Headers headers) {
    Headers own = new RecordHeaders();
    for (Header header : headers) {
      if (!WireHeaders.isReserved(header.key())) {
        own.add(header);
      }
    }
    return own;
  }
}
