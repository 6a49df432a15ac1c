package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.clock.Lateness;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers that carry what was known on arrival through the rekeyed topic: the arrival position,
 * and the lateness. Lateness is judged before the hop, because during it the target partition may
 * pass hours of a fast replay.
 */
final class RekeyHeaders {
  /** Only records of the rekeyed topic have headers with this prefix. */
  static final String PREFIX = "millrace.rekey.";

  private static final String POSITION = PREFIX + "origin";
  private static final String KEY = PREFIX + "key";
  private static final String LATE = PREFIX + "late";
  private static final String CLOCK = PREFIX + "clock";

  private RekeyHeaders() {}

  /** Writes both; a producer's own headers of these names are removed. */
  static void write(Headers headers, ArrivalPosition position, Lateness lateness) {
    headers.remove(KEY).remove(LATE).remove(CLOCK).remove(POSITION);
    headers.add(
        POSITION,
        "%s/%d/%d"
            .formatted(position.topic(), position.partition(), position.offset())
            .getBytes(UTF_8));
    if (position.key() != null) {
      headers.add(KEY, position.key());
    }
    if (lateness.late()) {
      headers.add(LATE, new byte[] {'1'});
    }
    headers.add(CLOCK, String.valueOf(lateness.clockMillis()).getBytes(US_ASCII));
  }

  /**
   * The arrival position of a record of the rekeyed topic.
   *
   * @throws IllegalStateException if there is none
   */
  static ArrivalPosition position(Headers headers) {
    Header header = headers.lastHeader(POSITION);
    if (header == null) {
      throw new IllegalStateException(
          "a record of the rekeyed topic has no header "
              + POSITION
              + ": only ingest may write to that topic");
    }
    String[] position = new String(header.value(), UTF_8).split("/", -1);
    return new ArrivalPosition(
        position[0],
        Integer.parseInt(position[1]),
        Long.parseLong(position[2]),
        value(headers.lastHeader(KEY)));
  }

  /** The lateness of a record of the rekeyed topic. */
  static Lateness lateness(Headers headers) {
    Header clock = headers.lastHeader(CLOCK);
    return new Lateness(
        headers.lastHeader(LATE) != null,
        clock == null ? 0 : Long.parseLong(new String(clock.value(), US_ASCII)));
  }

  private static byte @Nullable [] value(@Nullable Header header) {
    return header == null ? null : header.value();
  }
}
