package dev.millrace.schemas.pipeline;

import java.time.Instant;

/** The limits of an event. Ingest rejects events whose id, key or time exceeds them. */
public final class EventLimits {
  /**
   * Longest id, key and value of a field that names an entity, in UTF-8. Id and key are copied into
   * every later record and store entry about the event (a prediction holds both), which must not
   * exceed the largest record; keys in use, URLs and digests included, are far shorter.
   */
  public static final int MAX_ID_BYTES = 1_024;

  /**
   * Longest text that an operation takes as a value, in chars. A row or a vector contains a text
   * for each such feature, and must not exceed the largest record; categories are far shorter.
   */
  public static final int MAX_TEXT_CHARS = 1_024;

  /**
   * Earliest valid time. Epoch seconds read as milliseconds fall into January 1970 and would reach
   * this bound only in the year 21,971.
   */
  public static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

  /** Latest valid time. Epoch microseconds read as milliseconds have been beyond it since 1970. */
  public static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private EventLimits() {}

  /** Whether a time is neither before {@link #EARLIEST} nor after {@link #LATEST}. */
  public static boolean isTime(Instant time) {
    return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
  }
}
