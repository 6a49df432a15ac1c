package dev.millrace.ingest.producer.pacing;

/** A clock that advances only by waiting, in two steps. */
public final class FakeTicker implements Pacer.Ticker {
  /** The current time; tests may set it. */
  public long nowNanos = 1_000_000;

  /** Runs in the middle of each wait. */
  public Runnable whileParked = () -> {};

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public void park(long nanos) {
    nowNanos += Math.max(1, nanos / 2);
    whileParked.run();
  }
}
