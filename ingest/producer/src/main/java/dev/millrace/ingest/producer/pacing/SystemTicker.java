package dev.millrace.ingest.producer.pacing;

import java.util.concurrent.locks.LockSupport;

/** The machine's clock. */
final class SystemTicker implements Pacer.Ticker {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void park(long nanos) {
    LockSupport.parkNanos(this, nanos);
  }
}
