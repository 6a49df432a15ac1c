package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Waits for several parts at once, and reports each that is ready. */
final class ReadinessWait {
  private final Executor threads;
  private final Wait wait;
  private final Consumer<Component> report;

  /** Returns once a part is ready. */
  interface Wait {
    void untilReady(Component part) throws InterruptedException;
  }

  /**
   * @param threads one for each part that is waited for
   * @param report is called once for each part that is ready
   */
  ReadinessWait(Executor threads, Wait wait, Consumer<Component> report) {
    this.threads = threads;
    this.wait = wait;
    this.report = report;
  }

  /**
   * Waits for all of some parts.
   *
   * @param whenAllAre what to do before the last of them is reported
   * @throws PlatformException of the first that does not get ready
   */
  void await(List<Component> parts, Runnable whenAllAre) {
    var waiting = new ArrayList<CompletableFuture<Void>>();
    var left = new AtomicInteger(parts.size());
    for (var part : parts) {
      waiting.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  wait.untilReady(part);
                } catch (InterruptedException e) {
                  throw new CompletionException(e);
                }
                if (left.decrementAndGet() == 0) {
                  whenAllAre.run();
                }
                report.accept(part);
              },
              threads));
    }
    try {
      // The first failure ends the wait for all.
      CompletableFuture.anyOf(
              failureOf(waiting),
              CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PlatformException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static CompletableFuture<Void> failureOf(List<CompletableFuture<Void>> tasks) {
    var failure = new CompletableFuture<Void>();
    for (var task : tasks) {
      var unused =
          task.exceptionally(
              e -> {
                failure.completeExceptionally(e);
                return null;
              });
    }
    return failure;
  }
}
