package dev.millrace.inference;

import java.time.Duration;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that died of an exception: the next one starts again at the last commit.
 * So an outage longer than anyone's patience ends by itself. After an {@link Error} the process is
 * not to be trusted and stops.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ThreadReplacement.class);

  private final InferenceMetrics metrics;
  private final Duration pause;

  /**
   * @param pause before each replacement, so that a lasting fault does not spin
   */
  ThreadReplacement(InferenceMetrics metrics, Duration pause) {
    this.metrics = metrics;
    this.pause = pause;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    Throwable root = root(exception);
    metrics.threadDied(root);
    if (root instanceof Error) {
      log.error("A stream thread died; the process stops", exception);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    log.error("A stream thread died and is replaced in {}", pause, exception);
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Streams wraps what a processor throws. */
  private static Throwable root(Throwable exception) {
    Throwable root = exception;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
