package dev.millrace.deploy.e2e.pipeline;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.pollinterval.IterativePollInterval;
import org.jspecify.annotations.Nullable;

/** Waits for values, conditions and the end of a fault. */
public final class Await {
  private static final Duration FIRST_INTERVAL = Duration.ofMillis(500);
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(2);

  private Await() {}

  /** Waits until a query returns a value that is not null, and returns it. */
  public static <T> T value(String what, Duration timeout, Supplier<@Nullable T> query) {
    return await(what)
        .atMost(timeout)
        .pollDelay(Duration.ZERO)
        .pollInterval(FIRST_INTERVAL)
        .until(query::get, value -> value != null);
  }

  /** Waits until a condition holds. */
  public static void condition(String what, Duration timeout, Callable<Boolean> condition) {
    await(what)
        .atMost(timeout)
        .pollDelay(Duration.ZERO)
        .pollInterval(FIRST_INTERVAL)
        .until(condition);
  }

  /** Waits for the duration of a fault. */
  public static void duration(Duration fault) {
    await("end of the fault").pollDelay(fault).atMost(fault.multipliedBy(2)).until(() -> true);
  }

  /**
   * Repeats a query that needs much CPU time, with growing pauses, until its result is final or the
   * timeout is over.
   *
   * @return the last result
   */
  static <T> T finalResult(Duration timeout, Supplier<T> query, Predicate<T> isFinal) {
    var last = new LastResult<>(query.get());
    try {
      await()
          .atMost(timeout)
          .pollDelay(Duration.ZERO)
          .pollInterval(IterativePollInterval.iterative(Await::longer, FIRST_INTERVAL))
          .until(
              () -> {
                if (!isFinal.test(last.value)) {
                  last.value = query.get();
                }
                return isFinal.test(last.value);
              });
    } catch (ConditionTimeoutException e) {
      // The caller checks the last result.
    }
    return last.value;
  }

  private static Duration longer(Duration interval) {
    Duration doubled = interval.multipliedBy(2);
    return doubled.compareTo(LONGEST_INTERVAL) < 0 ? doubled : LONGEST_INTERVAL;
  }

  /** The last result; the polling thread writes it, the waiting thread reads it. */
  private static final class LastResult<T> {
    private volatile T value;

    private LastResult(T value) {
      this.value = value;
    }
  }
}
