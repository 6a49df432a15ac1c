package dev.millrace.schemas.topics;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A progress record: a record without a value that tells how far a stream is in event time. All
 * events of the arrival partition with an event time before {@code timeMillis} were written to this
 * partition before this record, except late ones.
 *
 * <p>Its headers are {@link WireHeaders#PROGRESS}, {@link WireHeaders#ARRIVAL}, {@link
 * WireHeaders#ARRIVALS}, {@link WireHeaders#WRITTEN} and, if true, {@link WireHeaders#IDLE}. Its
 * key is {@code <partition>/<arrival>}.
 *
 * @param arrival partition of the stream's origin that it is about
 * @param arrivals the number of these partitions
 * @param timeMillis event time; {@link #NONE}: none is known
 * @param idle whether the arrival partition has been read to its end and is silent
 * @param writtenMillis wall clock of the writer; 0: unknown
 */
public record Progress(
    int arrival, int arrivals, long timeMillis, boolean idle, long writtenMillis) {
  /** No event time is known. */
  public static final long NONE = Long.MIN_VALUE;

  /** Far more partitions than a topic has; bounds the memory that a record can ask for. */
  private static final int MOST_ARRIVALS = 1 << 16;

  /** The progress of a stream with one arrival partition. */
  public static Progress ofOne(long timeMillis, boolean idle, long writtenMillis) {
    return new Progress(0, 1, timeMillis, idle, writtenMillis);
  }

  /** The same of an arrival partition that is not idle. */
  public Progress active() {
    return new Progress(arrival, arrivals, timeMillis, false, writtenMillis);
  }

  /** Whether a record is a progress record: it has no value, and the header. */
  public static boolean isProgress(byte @Nullable [] value, Headers headers) {
    return value == null && headers.lastHeader(WireHeaders.PROGRESS) != null;
  }

  /** Reads the headers of a progress record; null if one is missing or not valid. */
  public static @Nullable Progress read(Headers headers) {
    Long time = WireHeaders.number(headers, WireHeaders.PROGRESS);
    Long arrival = WireHeaders.number(headers, WireHeaders.ARRIVAL);
    Long arrivals = WireHeaders.number(headers, WireHeaders.ARRIVALS);
    if (time == null || arrival == null || arrivals == null) {
      return null;
    }
    if (arrival < 0 || arrival >= arrivals || arrivals > MOST_ARRIVALS) {
      return null;
    }
    return new Progress(
        arrival.intValue(),
        arrivals.intValue(),
        time,
        WireHeaders.isTrue(headers, WireHeaders.IDLE),
        WireHeaders.number(headers, WireHeaders.WRITTEN, 0));
  }

  /** Writes the headers, and replaces those of another progress record. */
  public void write(Headers headers) {
    WireHeaders.put(headers, WireHeaders.PROGRESS, timeMillis);
    WireHeaders.put(headers, WireHeaders.ARRIVAL, arrival);
    WireHeaders.put(headers, WireHeaders.ARRIVALS, arrivals);
    WireHeaders.put(headers, WireHeaders.WRITTEN, writtenMillis);
    headers.remove(WireHeaders.IDLE);
    if (idle) {
      WireHeaders.put(headers, WireHeaders.IDLE, "true");
    }
  }

  /** The key of a progress record on that partition. */
  public byte[] key(int partition) {
    return (partition + "/" + arrival).getBytes(StandardCharsets.UTF_8);
  }

  /** The partition in the key of a progress record; empty if the key is not that of one. */
  public static OptionalInt partitionOf(byte @Nullable [] key) {
    String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    int slash = text.indexOf('/');
    try {
      return slash < 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text, 0, slash, 10));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
