package dev.millrace.features.operator;

import java.io.Serializable;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How an operator divides its time and memory.
 *
 * @param cacheBytes memory for the entities of each task
 * @param rowInterval smallest wall-clock time between two rows of an entity in the feed
 * @param slice longest time that the task spends on rows and expiry without reading records
 * @param skewOneOf how many entities there are for each whose answers are compared later
 */
record Pace(long cacheBytes, Duration rowInterval, Duration slice, int skewOneOf)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A row a second, and delays of records that stay below those of a network hop. */
  static final Pace STANDARD =
      new Pace(EntityCache.DEFAULT_BYTES, Duration.ofSeconds(1), Duration.ofMillis(10), 64);

  LongSupplier nanos() {
    return System::nanoTime;
  }
}
