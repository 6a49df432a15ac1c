package dev.millrace.ingest.producer.pacing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A request to end a loop. On SIGTERM and Ctrl-C it delays the end of the process until the loop
 * has ended: otherwise the JVM would exit before the last records are flushed and the summary is
 * printed.
 */
public final class StopSignal implements AutoCloseable {
  /** Shorter than the 30 s that Kubernetes waits between SIGTERM and SIGKILL. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private @Nullable Thread hook;

  /** A signal that only {@link #request} sets. */
  public StopSignal() {}

  /**
   * A signal for the loop of the calling thread, set when the process receives SIGTERM or SIGINT.
   */
  public static StopSignal onShutdown() {
    StopSignal signal = new StopSignal();
    Thread hook = new Thread(signal::requestAndWait, "stop");
    signal.hook = hook;
    Runtime.getRuntime().addShutdownHook(hook);
    return signal;
  }

  /** Requests that the loop ends, and wakes it. */
  public void request() {
    requested = true;
    LockSupport.unpark(worker);
  }

  /** Whether a stop was requested. */
  public boolean requested() {
    return requested;
  }

  private void requestAndWait() {
    request();
    try {
      if (!finished.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("not all records were flushed within " + GRACE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Marks that the loop has ended and its summary is printed. */
  @Override
  public void close() {
    finished.countDown();
    if (hook != null && !requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already: the hook does not wait.
      }
    }
  }
}
