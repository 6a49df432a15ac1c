package dev.millrace.schemas.operation;

import java.io.Serializable;

/**
 * The events that a feature is computed from, as of a time t: those e with {@code tail(t) <= e.time
 * <= t}.
 *
 * <ul>
 *   <li>Sliding: a sawtooth window. Its end is exact and slides, its start moves in hops: the tail
 *       is {@code t - length} rounded down to a multiple of the hop. So it is up to one hop, a
 *       sixtieth, longer than its length, and never shorter.
 *   <li>Fixed (tumbling): the tail is t rounded down to a multiple of the length, counted from
 *       1970-01-01T00:00Z.
 *   <li>Unbounded: all events up to t.
 * </ul>
 *
 * @param lengthMillis at least 1; 0 for an unbounded window
 */
public record Window(Kind kind, long lengthMillis) implements Serializable {
  /** Where a window begins. */
  public enum Kind {
    SLIDING,
    FIXED,
    UNBOUNDED
  }

  /** One minute for an hour: the length is at most 2 % too long, and a window has 61 tiles. */
  private static final int HOPS = 60;

  public Window {
    if (kind != Kind.UNBOUNDED && lengthMillis < 1) {
      throw new IllegalArgumentException(
          "a window must be at least 1 ms long, not " + lengthMillis + " ms");
    }
  }

  public static Window sliding(long lengthMillis) {
    return new Window(Kind.SLIDING, lengthMillis);
  }

  public static Window fixed(long lengthMillis) {
    return new Window(Kind.FIXED, lengthMillis);
  }

  public static Window unbounded() {
    return new Window(Kind.UNBOUNDED, 0);
  }

  public boolean isUnbounded() {
    return kind == Kind.UNBOUNDED;
  }

  /** The step by which the start moves; 0 for an unbounded window. */
  public long hopMillis() {
    return kind == Kind.SLIDING ? Math.max(1, lengthMillis / HOPS) : lengthMillis;
  }

  /** Whether every window that contains one of these events (epoch millis) contains both. */
  public boolean isSameHop(long oneMillis, long otherMillis) {
    return isUnbounded()
        || Math.floorDiv(oneMillis, hopMillis()) == Math.floorDiv(otherMillis, hopMillis());
  }

  /** The earliest event time (epoch millis) that the window contains as of a time. */
  public long tail(long asOfMillis) {
    // Before the first watermark the time is Long.MIN_VALUE, and the subtraction would overflow.
    long hop = hopMillis();
    if (isUnbounded() || asOfMillis < Long.MIN_VALUE + lengthMillis + hop) {
      return Long.MIN_VALUE;
    }
    long start = kind == Kind.SLIDING ? asOfMillis - lengthMillis : asOfMillis;
    return Math.floorDiv(start, hop) * hop;
  }

  /**
   * The earliest time (epoch millis) as of which the window does not contain an event any more;
   * Long.MAX_VALUE if there is none.
   */
  public long endMillis(long eventMillis) {
    if (isUnbounded()) {
      return Long.MAX_VALUE;
    }
    long hop = hopMillis();
    long next = (Math.floorDiv(eventMillis, hop) + 1) * hop;
    return kind == Kind.SLIDING ? next + lengthMillis : next;
  }

  /** The time for which the window contains an event, at most; Long.MAX_VALUE for ever. */
  public long retentionMillis() {
    if (isUnbounded()) {
      return Long.MAX_VALUE;
    }
    return kind == Kind.SLIDING ? lengthMillis + hopMillis() : lengthMillis;
  }
}
