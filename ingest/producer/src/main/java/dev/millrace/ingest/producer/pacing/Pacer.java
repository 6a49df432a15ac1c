package dev.millrace.ingest.producer.pacing;

import java.time.Duration;

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

  private final Ticker ticker;
  private final StopSignal stop;
  private long startNanos;
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

  private void count(long delayNanos) {
    if (delayNanos > TOLERANCE.toNanos()) {
      delayed++;
      longestDelayNanos = Math.max(longestDelayNanos, delayNanos);
    }
  }

  /** Nanoseconds since the start. */
  public long elapsedNanos() {
    return ticker.nanoTime() - startNanos;
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
