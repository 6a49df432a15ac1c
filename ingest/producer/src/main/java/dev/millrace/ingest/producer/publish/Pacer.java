package dev.millrace.ingest.producer.publish;

import java.time.Duration;

/**
 * Lets records go when they are due, by a schedule that was fixed beforehand (open loop).
 *
 * <p>A record that is late goes at once and the schedule stays, so that a stall shows as delay, as
 * it would with producers that do not know of each other (Schroeder, Wierman and Harchol-Balter,
 * Open Versus Closed: A Cautionary Tale, NSDI 2006). For one thread.
 */
public final class Pacer {
  /** A record is counted as delayed if it goes later than this; less is the timer's coarseness. */
  public static final Duration TOLERANCE = Duration.ofMillis(10);

  /** Time that passes, and the art of waiting for it. */
  public interface Ticker {
    /** The machine's time; wall clock in operation. */
    Ticker SYSTEM = new SystemTicker();

    /** Nanoseconds since some moment. */
    long nanoTime();

    /** Waits for about so long; may return sooner. */
    void park(long nanos);
  }

  private final Ticker ticker;
  private final StopSignal stop;
  private long startNanos;
  private long delayed;
  private long longestDelayNanos;

  /** Counts time from now on. */
  public Pacer(Ticker ticker, StopSignal stop) {
    this.ticker = ticker;
    this.stop = stop;
    restart();
  }

  /** Counts time anew from now on. */
  public void restart() {
    startNanos = ticker.nanoTime();
  }

  /** Waits until so long after the start, or until a stop is asked for. */
  public void await(long dueNanos) {
    long ahead = dueNanos - elapsedNanos();
    if (ahead <= 0) {
      count(-ahead);
      return;
    }
    while (ahead > 0 && !stop.requested()) {
      ticker.park(ahead);
      ahead = dueNanos - elapsedNanos();
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

  /** Records that went later than due by more than {@link #TOLERANCE}. */
  public long delayed() {
    return delayed;
  }

  /** The longest such delay. */
  public Duration longestDelay() {
    return Duration.ofNanos(longestDelayNanos);
  }
}
