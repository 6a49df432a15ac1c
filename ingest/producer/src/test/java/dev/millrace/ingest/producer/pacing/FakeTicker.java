package dev.millrace.ingest.producer.pacing;

/** Time that passes only by waiting, in two steps. */
public final class FakeTicker implements Pacer.Ticker {
  /** The present, to be moved at will. */
  public long now = 1_000_000;

  /** Happens in the middle of each wait. */
  public Runnable whileParked = () -> {};

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void park(long nanos) {
    now += Math.max(1, nanos / 2);
    whileParked.run();
  }
}
