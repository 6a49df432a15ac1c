package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Waits for several components at once and reports each one that is ready. */
final class ReadinessWait {
  private final Executor threads;
  private final Wait wait;
  private final Consumer<Component> report;

  /** The wait for one component; returns when it is ready. */
  interface Wait {
    void untilReady(Component component) throws InterruptedException;
  }

  /**
   * @param threads provides one thread for each component
   * @param report is called once for each component that is ready
   */
  ReadinessWait(Executor threads, Wait wait, Consumer<Component> report) {
    this.threads = threads;
    this.wait = wait;
    this.report = report;
  }

  /**
   * Waits until all components are ready.
   *
   * @param beforeLastReport runs when all are ready, before the last of them is reported
   * @throws PlatformException of the first component that fails
   */
  void await(List<Component> components, Runnable beforeLastReport) {
    var waiting = new ArrayList<CompletableFuture<Void>>();
    var left = new AtomicInteger(components.size());
    for (var component : components) {
      waiting.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  wait.untilReady(component);
                } catch (InterruptedException e) {
                  throw new CompletionException(e);
                }
                if (left.decrementAndGet() == 0) {
                  beforeLastReport.run();
                }
                report.accept(component);
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
