package dev.millrace.deploy.drift;

import java.time.Duration;
import java.time.Instant;

/**
 * A period of event time.
 *
 * @param to exclusive
 */
public record Period(Instant from, Instant to) {
  boolean contains(long timeMillis) {
    return timeMillis >= from.toEpochMilli() && timeMillis < to.toEpochMilli();
  }

  /** The period of whole windows that contains this one. */
  Period widened(Duration window) {
    Instant last = floor(to, window);
    return new Period(floor(from, window), last.equals(to) ? to : last.plus(window));
  }

  /** The start of the window that contains a time; windows are aligned to the epoch. */
  static Instant floor(Instant time, Duration window) {
    long millis = window.toMillis();
    return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), millis) * millis);
  }
}
