package dev.millrace.schemas.registry;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits while the registry is away: each call is tried again, with a pause that doubles, until it
 * is answered or the limit has passed. An outage then pauses the stream that asks.
 */
public final class RetryingRegistry implements Registry {
  private static final Logger log = LoggerFactory.getLogger(RetryingRegistry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Registry registry;
  private final Duration limit;

  /**
   * @param limit after which the last failure is thrown to the caller
   */
  public RetryingRegistry(Registry registry, Duration limit) {
    this.registry = registry;
    this.limit = limit;
  }

  @Override
  public Lookup lookup(int id) {
    return patiently(() -> registry.lookup(id));
  }

  @Override
  public int register(String subject, Schema schema) {
    return patiently(() -> registry.register(subject, schema));
  }

  @Override
  public void requireBackwardCompatibility(String subject) {
    patiently(
        () -> {
          registry.requireBackwardCompatibility(subject);
          return true;
        });
  }

  private <T> T patiently(Supplier<T> call) {
    long start = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return call.get();
      } catch (RegistryUnavailable e) {
        if (System.nanoTime() - start + pause.toNanos() > limit.toNanos()) {
          throw e;
        }
        log.warn("{}; trying again in {} ms", e.getMessage(), pause.toMillis());
        sleep(pause, e);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
  }

  private static void sleep(Duration pause, RegistryUnavailable unavailable) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable;
    }
  }
}
