package dev.millrace.schemas.topics;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers that Millrace writes, and methods to read and write them. Every value is text in
 * UTF-8; a number is written in decimal digits, a time in epoch millis.
 */
public final class WireHeaders {
  /** Prefix of every header of Millrace, except those with {@link #STREAMS_ERROR_PREFIX}. */
  public static final String PREFIX = "millrace.";

  /** On a clean or late event: the time at which its producer published it. */
  public static final String PUBLISHED = "millrace.published";

  /**
   * On a clean or late event: the event clock by which lateness was judged when the event arrived.
   * It is for information; downstream watermarks are computed from {@link #PROGRESS}.
   */
  public static final String EVENT_CLOCK = "millrace.event-clock";

  /**
   * On a clean or late event: the partition of the producers' topic that it arrived on, a number.
   * On a progress record: the arrival partition that the record is about.
   */
  public static final String ARRIVAL = "millrace.arrival";

  /**
   * On a progress record: an event time. All earlier events, but late ones, were written before it.
   * A producer may send it, too, on a record without key and value, if it is the only producer of
   * the partition.
   */
  public static final String PROGRESS = "millrace.progress";

  /** On a progress record: the number of arrival partitions. */
  public static final String ARRIVALS = "millrace.arrivals";

  /** On a progress record: the wall clock at which it was written. */
  public static final String WRITTEN = "millrace.written";

  /** On a progress record, with the value {@code true}: the arrival partition is idle. */
  public static final String IDLE = "millrace.idle";

  /** On a late event: the name of its source. */
  public static final String SOURCE = "millrace.source";

  /**
   * On a vector, feature row or tombstone: its event time. On a question about a row and on its
   * answer: that of the event.
   */
  public static final String EVENT_TIME = "millrace.event-time";

  /**
   * On a producer's record: the producer's name, for counts of dead letters by producer. Kept on
   * clean and late events and on dead letters.
   */
  public static final String PRODUCER = "millrace.producer";

  /**
   * On a record that was a dead letter and was published again, and on its next dead letter: how
   * often it was published again.
   */
  public static final String REPLAYS = "millrace.replays";

  /**
   * On a record that was a dead letter and was published again, and on its next dead letter: the
   * position of the dead letter, {@code <partition>:<offset>}.
   */
  public static final String REPLAY_OF = "millrace.replay-of";

  /** On a record of a rekeyed topic, which only ingest writes and reads. */
  public static final String REKEY_PREFIX = "millrace.rekey.";

  /** Prefix on a dead letter: the reason, and the stage that rejected it. */
  public static final String ERROR_PREFIX = "millrace.error.";

  /**
   * Prefix on a dead letter: the headers of Kafka Streams' own dead letters.
   *
   * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034</a>
   */
  public static final String STREAMS_ERROR_PREFIX = "__streams.errors.";

  /** On a dead letter: the name of a {@code RejectionCode}. */
  public static final String ERROR_CODE = ERROR_PREFIX + "code";

  /** On a dead letter: ingest, features, inference or drift. */
  public static final String ERROR_STAGE = ERROR_PREFIX + "stage";

  /** On a dead letter: a readable message in one line. */
  public static final String ERROR_DETAIL = ERROR_PREFIX + "detail";

  /** On a dead letter of a model: its inputs, as JSON. */
  public static final String ERROR_INPUTS = ERROR_PREFIX + "inputs";

  private WireHeaders() {}

  /** Whether only Millrace and Kafka Streams write headers of this name. */
  public static boolean isReserved(String name) {
    return (name.startsWith(PREFIX) && !name.equals(PRODUCER)) || name.startsWith("__streams.");
  }

  /** Writes a text and replaces headers of the same name. */
  public static void put(Headers headers, String name, String text) {
    headers.remove(name).add(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a number or time and replaces headers of the same name. */
  public static void put(Headers headers, String name, long number) {
    put(headers, name, String.valueOf(number));
  }

  /** The last header of this name; null if there is none, or it has no value. */
  public static @Nullable String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** The last header of this name; null if there is none, or it is not a number. */
  public static @Nullable Long number(Headers headers, String name) {
    String text = text(headers, name);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The last header of this name, or the default if there is none or it is not a number. */
  public static long number(Headers headers, String name, long defaultValue) {
    Long number = number(headers, name);
    return number == null ? defaultValue : number;
  }

  /** Whether the last header of this name has the value {@code true}. */
  public static boolean isTrue(Headers headers, String name) {
    return "true".equals(text(headers, name));
  }

  /**
   * The value of {@link #EVENT_CLOCK}.
   *
   * @param eventTimeMillis the record's event time, returned if the header is absent or not a
   *     number
   */
  public static long eventClock(Headers headers, long eventTimeMillis) {
    return number(headers, EVENT_CLOCK, eventTimeMillis);
  }

  /**
   * The value of {@link #ARRIVAL}.
   *
   * @param partition the record's own partition, returned if the header is absent or not a number
   */
  public static int arrival(Headers headers, int partition) {
    return (int) number(headers, ARRIVAL, partition);
  }

  /**
   * The value of {@link #EVENT_TIME}: the event time of a feature row or tombstone, without
   * decoding its value. The record's timestamp is the time of writing.
   *
   * @param defaultMillis returned if the header is absent or not a number
   */
  public static long rowTime(Headers headers, long defaultMillis) {
    return number(headers, EVENT_TIME, defaultMillis);
  }
}
