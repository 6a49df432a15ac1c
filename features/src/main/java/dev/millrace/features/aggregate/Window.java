package dev.millrace.features.aggregate;

/**
 * A sawtooth window: its end is exact and slides, its start moves in hops. As of time t it contains
 * the events e with {@code tail(t) <= e.time <= t}, where the tail is {@code t - length} rounded
 * down to a multiple of the hop. So it is up to one hop, a sixtieth, longer than its length, and
 * never shorter.
 *
 * @param lengthMillis at least 1
 */
public record Window(long lengthMillis) {
  /** One minute for an hour: the length is at most 2 % too long, and a window has 61 tiles. */
  private static final int HOPS = 60;

  public Window {
    if (lengthMillis < 1) {
      throw new IllegalArgumentException(
          "a window must be at least 1 ms long, not " + lengthMillis + " ms");
    }
  }

  public long hopMillis() {
    return Math.max(1, lengthMillis / HOPS);
  }

  /** The earliest event time (epoch millis) that the window contains as of a time. */
  public long tail(long asOfMillis) {
    // Before the first watermark the time is Long.MIN_VALUE, and the subtraction would overflow.
    long hop = hopMillis();
    if (asOfMillis < Long.MIN_VALUE + lengthMillis + hop) {
      return Long.MIN_VALUE;
    }
    return Math.floorDiv(asOfMillis - lengthMillis, hop) * hop;
  }

  /** The earliest time (epoch millis) as of which the window does not contain an event any more. */
  long endMillis(long eventMillis) {
    long hop = hopMillis();
    return (Math.floorDiv(eventMillis, hop) + 1) * hop + lengthMillis;
  }
}
