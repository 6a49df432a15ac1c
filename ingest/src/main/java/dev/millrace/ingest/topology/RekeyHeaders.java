package dev.millrace.ingest.topology;

import dev.millrace.ingest.clock.Lateness;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers with the arrival position and the lateness of a record of the rekeyed topic. Lateness
 * is judged before the hop: in a fast replay the event time of the target partition may advance by
 * hours during the hop.
 */
final class RekeyHeaders {
  private static final String PREFIX = WireHeaders.REKEY_PREFIX;
  private static final String POSITION = PREFIX + "origin";
  private static final String KEY = PREFIX + "key";
  private static final String LATE = PREFIX + "late";
  private static final String CLOCK = PREFIX + "clock";

  private RekeyHeaders() {}

  /** Writes both; a producer's own headers of these names are removed. */
  static void write(Headers headers, ArrivalPosition position, Lateness lateness) {
    headers.remove(KEY).remove(LATE);
    WireHeaders.put(
        headers,
        POSITION,
        "%s/%d/%d".formatted(position.record().topic(), position.partition(), position.offset()));
    if (position.key() != null) {
      headers.add(KEY, position.key());
    }
    if (lateness.late()) {
      WireHeaders.put(headers, LATE, 1);
    }
    WireHeaders.put(headers, CLOCK, lateness.clockMillis());
  }

  /**
   * The arrival position of a record of the rekeyed topic.
   *
   * @throws IllegalStateException if there is none
   */
  static ArrivalPosition position(Headers headers) {
    String text = WireHeaders.text(headers, POSITION);
    if (text == null) {
      throw new IllegalStateException(
          "a record of the rekeyed topic has no header "
              + POSITION
              + ": only ingest may write to that topic");
    }
    String[] position = text.split("/", -1);
    return new ArrivalPosition(
        new RecordPosition(position[0], Integer.parseInt(position[1]), Long.parseLong(position[2])),
        value(headers.lastHeader(KEY)));
  }

  /** The lateness of a record of the rekeyed topic. */
  static Lateness lateness(Headers headers) {
    return new Lateness(headers.lastHeader(LATE) != null, WireHeaders.number(headers, CLOCK, 0));
  }

  private static byte @Nullable [] value(@Nullable Header header) {
    return header == null ? null : header.value();
  }
}
