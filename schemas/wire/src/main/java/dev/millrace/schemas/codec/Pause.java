package dev.millrace.schemas.codec;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits until a future is completed, or the time is over. */
interface Pause {
  void await(CompletableFuture<Boolean> done, long mostNanos);

  /** In real time. */
  static void until(CompletableFuture<Boolean> done, long mostNanos) {
    try {
      done.get(mostNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      // The call continues; its answer is used later.
    } catch (ExecutionException e) {
      throw new IllegalStateException("the future never fails", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
