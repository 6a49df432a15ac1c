package dev.millrace.ingest;

import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.Headers;

/**
 * How the time of an event compares with those that it arrived with. That is judged on arrival and
 * carried in headers through the rekeyed topic: while a record takes that hop, the partition it
 * goes to may pass hours of a fast replay.
 *
 * @param late whether the event was behind the event clock by more than the source's lateness
 * @param clockMillis the event clock after this event; 0 while there is none
 */
record Timing(boolean late, long clockMillis) {
  private static final String LATE = Origin.PREFIX + "late";
  private static final String CLOCK = Origin.PREFIX + "clock";

  /** Of a record of the rekeyed topic. */
  static Timing read(Headers headers) {
    return new Timing(headers.lastHeader(LATE) != null, WireHeaders.number(headers, CLOCK, 0));
  }

  void write(Headers headers) {
    // A producer's own header of these names must not pass for ours.
    headers.remove(LATE);
    if (late) {
      WireHeaders.put(headers, LATE, 1);
    }
    WireHeaders.put(headers, CLOCK, clockMillis);
  }
}
