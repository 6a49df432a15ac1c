package dev.millrace.inference.metrics;

import java.time.Duration;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * Estimates the number of different values of the current and the previous window of wall-clock
 * time, with HyperLogLog sketches: with 2^11 registers the relative standard error is 2.3 %, and
 * the memory 2 KB for each of the two windows. Safe for many threads.
 *
 * @see <a href="https://datasketches.apache.org/docs/HLL/HllMap.html">Apache DataSketches, HLL</a>
 */
final class DistinctValues {
  static final Duration WINDOW = Duration.ofMinutes(5);

  private static final int LOG_REGISTERS = 11;

  private HllSketch current = sketch();
  private HllSketch previous = sketch();
  private long window = Long.MIN_VALUE;

  private static HllSketch sketch() {
    return new HllSketch(LOG_REGISTERS, TgtHllType.HLL_8);
  }

  /**
   * Adds a value.
   *
   * @param value Double, Long, String or Boolean
   * @param nowMillis wall clock
   */
  synchronized void add(Object value, long nowMillis) {
    advance(nowMillis);
    if (value instanceof Double number) {
      current.update(number);
    } else if (value instanceof Long number) {
      current.update(number);
    } else if (value instanceof Boolean truth) {
      current.update(truth ? 1L : 0L);
    } else {
      current.update(value.toString());
    }
  }

  /** The number of different values; 0 if there were none in either window. */
  synchronized double estimate(long nowMillis) {
    advance(nowMillis);
    Union union = new Union(LOG_REGISTERS);
    union.update(previous);
    union.update(current);
    return union.getEstimate();
  }

  /** A clock that goes back adds to the current window. */
  private void advance(long nowMillis) {
    long now = Math.floorDiv(nowMillis, WINDOW.toMillis());
    if (now <= window) {
      return;
    }
    previous = now == window + 1 ? current : sketch();
    current = sketch();
    window = now;
  }
}
