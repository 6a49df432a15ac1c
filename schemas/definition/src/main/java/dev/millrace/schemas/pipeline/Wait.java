package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time that an event waits for its feature vector before it is scored without it.
 *
 * @param atMost the bound; zero: no wait; null: no bound
 */
public record Wait(@Nullable Duration atMost) implements Serializable {
  /** A wait without a bound. */
  public static Wait forever() {
    return new Wait(null);
  }

  /** A wait no longer than the given time. */
  public static Wait atMost(Duration bound) {
    return new Wait(bound);
  }

  /** Whether there is no bound. */
  public boolean isForever() {
    return atMost == null;
  }
}
