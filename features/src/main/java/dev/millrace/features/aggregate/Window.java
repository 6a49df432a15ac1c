package dev.millrace.features.aggregate;

/**
 * A sawtooth window: its head is exact and slides, its tail hops. As of time t it holds the events
 * e with {@code tail(t) <= e.time <= t}, where the tail is {@code t - length} rounded down to a
 * multiple of the hop. It is therefore up to one hop, a sixtieth, longer than its name says, never
 * shorter.
 *
 * @param lengthMillis how far it looks back, at least 1
 */
public record Window(long lengthMillis) {
  /** A minute for an hour: the error in length stays under 2 %, the tiles per window at 61. */
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

  /** The earliest event time (epoch millis) that the window holds as of that time. */
  public long tail(long asOf) {
    // A watermark that has not started is Long.MIN_VALUE: nothing is too old for it.
    long hop = hopMillis();
    if (asOf < Long.MIN_VALUE + lengthMillis + hop) {
      return Long.MIN_VALUE;
    }
    return Math.floorDiv(asOf - lengthMillis, hop) * hop;
  }
}
