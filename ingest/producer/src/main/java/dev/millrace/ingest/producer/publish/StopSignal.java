package dev.millrace.ingest.producer.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells a loop to end, and holds the process until it has: on SIGTERM and Ctrl-C the Java machine
 * would otherwise be gone before the last records were flushed and the summary printed.
 */
public final class StopSignal implements AutoCloseable {
  /** Below the 30 s that Kubernetes leaves between SIGTERM and SIGKILL. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private @Nullable Thread hook;

  /** A signal that only {@link #request} gives. */
  public StopSignal() {}

  /** A signal that is given when the process is told to end; for the calling thread. */
  public static StopSignal onShutdown() {
    StopSignal signal = new StopSignal();
    Thread hook = new Thread(signal::requestAndWait, "stop");
    signal.hook = hook;
    Runtime.getRuntime().addShutdownHook(hook);
    return signal;
  }

  /** Asks the loop to end, and wakes it. */
  public void request() {
    requested = true;
    LockSupport.unpark(worker);
  }

  /** Whether the loop is to end. */
  public boolean requested() {
    return requested;
  }

  private void requestAndWait() {
    request();
    try {
      if (!finished.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("not everything was flushed within " + GRACE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The loop has ended, and all is said. */
  @Override
  public void close() {
    finished.countDown();
    if (hook != null && !requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending by itself: the hook finds the latch open.
      }
    }
  }
}
