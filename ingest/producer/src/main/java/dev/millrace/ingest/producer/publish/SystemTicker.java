package dev.millrace.ingest.producer.publish;

import java.util.concurrent.locks.LockSupport;

/** The machine's own time. */
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
