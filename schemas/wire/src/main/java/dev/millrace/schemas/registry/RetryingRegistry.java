package dev.millrace.schemas.registry;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries each call while the registry is unavailable, with a pause that doubles, until it is
 * answered or the timeout has passed. An outage of the registry therefore pauses the caller's
 * stream.
 */
final class RetryingRegistry implements Registry {
  private static final Logger log = LoggerFactory.getLogger(RetryingRegistry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Registry registry;
  private final Duration timeout;

  /**
   * @param timeout after which the last failure is thrown to the caller
   */
  RetryingRegistry(Registry registry, Duration timeout) {
    this.registry = registry;
    this.timeout = timeout;
  }

  @Override
  public Lookup lookup(int id) {
    return retry(timeout, () -> registry.lookup(id));
  }

  @Override
  public int register(String subject, Schema schema) {
    return retry(timeout, () -> registry.register(subject, schema));
  }

  @Override
  public void requireBackwardCompatibility(String subject) {
    retry(
        timeout,
        () -> {
          registry.requireBackwardCompatibility(subject);
          return true;
        });
  }

  static <T extends @Nullable Object> T retry(Duration timeout, Supplier<T> call) {
    long startNanos = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return call.get();
      } catch (RegistryUnavailable e) {
        if (System.nanoTime() - startNanos + pause.toNanos() > timeout.toNanos()) {
          throw e;
        }
        log.warn("{}; next attempt in {} ms", e.getMessage(), pause.toMillis());
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
