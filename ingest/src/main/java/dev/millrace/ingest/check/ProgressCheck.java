package dev.millrace.ingest.check;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.Source;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks the progress that a producer sends: an event time, in epoch milliseconds as text. It has
 * the bounds of the times of events.
 */
public final class ProgressCheck {
  private final String header;
  private final TimeBounds bounds;

  /**
   * @param header name of the header, for messages
   * @param clock the wall clock that bounds the time
   */
  public ProgressCheck(String header, Source source, InstantSource clock) {
    this.header = header;
    this.bounds = new TimeBounds("header " + header, source.maxAhead(), clock);
  }

  /**
   * Rejects a value of the header; null if it is a valid time.
   *
   * @param text null if the header has no value
   */
  public @Nullable Rejected rejection(@Nullable String text) {
    try {
      return bounds.rejection(Instant.ofEpochMilli(Long.parseLong(text == null ? "" : text)));
    } catch (NumberFormatException e) {
      return new Rejected(
          RejectionCode.TIMESTAMP_INVALID,
          "header %s of a record without key and value is '%s': send the milliseconds since 1970 before which all events were published"
              .formatted(header, text));
    }
  }
}
