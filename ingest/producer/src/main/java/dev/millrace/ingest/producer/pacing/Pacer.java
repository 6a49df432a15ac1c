package dev.millrace.ingest.producer.pacing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Sends records when they are due, by a schedule that is fixed in advance (open loop).
 *
 * <p>An overdue record is sent at once and the schedule does not change, so that a stall is
 * measured as delay, as it would be with independent producers (Schroeder, Wierman and
 * Harchol-Balter, Open Versus Closed: A Cautionary Tale, NSDI 2006). Not thread-safe.
 */
public final class Pacer {
  /**
   * A record counts as delayed if it is sent later than this. Shorter delays are below the timer's
   * resolution.
   */
  public static final Duration TOLERANCE = Duration.ofMillis(10);

  /** A source of time, and a way to wait. */
  public interface Ticker {
    /** The machine's clock. */
    Ticker SYSTEM = new SystemTicker();

    /** Nanoseconds since an arbitrary moment. */
    long nanoTime();

    /** Waits for about this long; may return sooner. */
    void park(long nanos);
  }

  private static final long PAUSE_CHECK_NANOS = Duration.ofMillis(10).toNanos();

  private final Ticker ticker;
  private final StopSignal stop;
  private long startNanos;
  private long pausedNanos;
  private long delayed;
  private long longestDelayNanos;

  /** A schedule that starts now. */
  public Pacer(Ticker ticker, StopSignal stop) {
    this.ticker = ticker;
    this.stop = stop;
    restart();
  }

  /** Starts the schedule again, now. */
  public void restart() {
    startNanos = ticker.nanoTime();
  }

  /** Waits until this time after the start, or until a stop is requested. */
  public void await(long dueNanos) {
    long aheadNanos = dueNanos - elapsedNanos();
    if (aheadNanos <= 0) {
      count(-aheadNanos);
      return;
    }
    while (aheadNanos > 0 && !stop.requested()) {
      ticker.park(aheadNanos);
      aheadNanos = dueNanos - elapsedNanos();
    }
  }

  /**
   * Waits while a condition holds, or until a stop is requested. The rest of the schedule moves by
   * the time of the pause, so that no burst follows.
   */
  public void pauseWhile(BooleanSupplier condition) {
    long from = ticker.nanoTime();
    while (!stop.requested() && condition.getAsBoolean()) {
      ticker.park(PAUSE_CHECK_NANOS);
    }
    long paused = ticker.nanoTime() - from;
    startNanos += paused;
    pausedNanos += paused;
  }

  private void count(long delayNanos) {
    if (delayNanos > TOLERANCE.toNanos()) {
      delayed++;
      longestDelayNanos = Math.max(longestDelayNanos, delayNanos);
    }
  }

  /** Nanoseconds since the start, without pauses. */
  public long elapsedNanos() {
    return ticker.nanoTime() - startNanos;
  }

  /** The sum of all pauses, also those before the last {@link #restart}. */
  public Duration paused() {
    return Duration.ofNanos(pausedNanos);
  }

  /** Records sent later than due by more than {@link #TOLERANCE}. */
  public long delayed() {
    return delayed;
  }

  /** The longest such delay. */
  public Duration longestDelay() {
    return Duration.ofNanos(longestDelayNanos);
  }
}
