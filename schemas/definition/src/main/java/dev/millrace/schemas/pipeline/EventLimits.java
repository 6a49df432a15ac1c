package dev.millrace.schemas.pipeline;

import java.time.Instant;

/** The limits of an event's id, key and time. Ingest rejects events that exceed them. */
public final class EventLimits {
  /**
   * Longest id and longest key, in UTF-8. Both are copied into every later record and store entry
   * about the event (a prediction holds both), which must not exceed the largest record; keys in
   * use, URLs and digests included, are far shorter.
   */
  public static final int MAX_ID_BYTES = 1_024;

  /**
   * Earliest valid time. Epoch seconds read as milliseconds fall into January 1970 and would reach
   * this bound only in the year 21,971.
   */
  public static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

  /** Latest valid time. Epoch microseconds read as milliseconds have been beyond it since 1970. */
  public static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private EventLimits() {}
}
