package dev.millrace.schemas.registry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits until something is completed, or so long. */
public interface Pause {
  void await(CompletableFuture<Boolean> done, long mostNanos);

  /** In real time. */
  static void until(CompletableFuture<Boolean> done, long mostNanos) {
    try {
      done.get(mostNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      // What is waited for goes on.
    } catch (ExecutionException e) {
      throw new IllegalStateException("what is waited for does not fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
