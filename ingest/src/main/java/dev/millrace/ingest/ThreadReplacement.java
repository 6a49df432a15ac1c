package dev.millrace.ingest;

import java.time.Duration;
import org.apache.kafka.streams.errors.StreamsException;
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

  private final IngestMetrics metrics;
  private final Duration pause;

  /**
   * @param pause before each replacement, so that a lasting fault does not spin
   */
  ThreadReplacement(IngestMetrics metrics, Duration pause) {
    this.metrics = metrics;
    this.pause = pause;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    Throwable thrown = unwrapped(exception);
    metrics.threadDied(thrown);
    if (thrown instanceof Error) {
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
  private static Throwable unwrapped(Throwable exception) {
    Throwable cause = exception.getCause();
    return exception instanceof StreamsException && cause != null ? unwrapped(cause) : exception;
  }
}
