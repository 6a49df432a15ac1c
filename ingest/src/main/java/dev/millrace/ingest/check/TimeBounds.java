package dev.millrace.ingest.check;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.EventLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of a valid event time. A time in the far future would make every later event late; a
 * time outside 1990 to 2100 is in the wrong unit.
 */
final class TimeBounds {
  private final String where;
  private final Duration maxAhead;
  private final InstantSource clock;

  /**
   * @param where the time was sent, for messages
   * @param maxAhead how far an event may be ahead of the clock
   */
  TimeBounds(String where, Duration maxAhead, InstantSource clock) {
    this.where = where;
    this.maxAhead = maxAhead;
    this.clock = clock;
  }

  /** Rejects an event time outside the bounds; null if it is within them. */
  @Nullable Rejected rejection(Instant time) {
    if (!EventLimits.isTime(time)) {
      long millis = time.toEpochMilli();
      return new Rejected(
          RejectionCode.TIMESTAMP_INVALID,
          "%s is %d ms since 1970 (%s)%s".formatted(where, millis, time, hint(millis)));
    }
    Instant now = clock.instant();
    Duration ahead = Duration.between(now, time);
    if (ahead.compareTo(maxAhead) > 0) {
      return new Rejected(
          RejectionCode.TIMESTAMP_FUTURE,
          "%s is %s, %s ahead of the clock (%s), but at most %s is allowed"
              .formatted(where, time, Durations.format(ahead), now, Durations.format(maxAhead)));
    }
    return null;
  }

  private static String hint(long millis) {
    if (millis < 0) {
      return ", before 1970: send milliseconds since 1970";
    }
    if (millis <= Long.MAX_VALUE / 1000 && isPlausible(millis * 1000)) {
      return ", which looks like seconds: multiply by 1000";
    }
    if (isPlausible(millis / 1000)) {
      return ", which looks like microseconds: divide by 1000";
    }
    if (isPlausible(millis / 1_000_000)) {
      return ", which looks like nanoseconds: divide by 1000000";
    }
    return ", not between %s and %s".formatted(EventLimits.EARLIEST, EventLimits.LATEST);
  }

  private static boolean isPlausible(long millis) {
    return EventLimits.isTime(Instant.ofEpochMilli(millis));
  }
}
