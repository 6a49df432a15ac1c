package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an event waits for its feature row before it is scored without it.
 *
 * @param atMost the bound, zero for no wait; null waits forever
 */
public record Wait(@Nullable Duration atMost) implements Serializable {
  /** Waits without a bound. */
  public static Wait forever() {
    return new Wait(null);
  }

  /** Waits no longer than the given time. */
  public static Wait atMost(Duration bound) {
    return new Wait(bound);
  }

  /** Whether there is no bound. */
  public boolean isForever() {
    return atMost == null;
  }
}
