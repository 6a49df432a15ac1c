package dev.millrace.schemas.streams;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that died of an exception: the next one starts again at the last commit.
 * So an outage longer than anyone's patience ends by itself. After an {@link Error} the process is
 * not to be trusted and stops.
 */
public final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ThreadReplacement.class);

  /** Before each replacement, so that a lasting fault does not spin. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Predicate<Throwable> wrapper;
  private final Consumer<Throwable> deaths;
  private final Duration pause;

  /**
   * @param wrapper whether an exception only tells of its cause, as Streams' own do of what a
   *     processor throws
   * @param deaths is told what each thread died of, unwrapped
   */
  public ThreadReplacement(Predicate<Throwable> wrapper, Consumer<Throwable> deaths) {
    this(wrapper, deaths, PAUSE);
  }

  /**
   * @param pause before each replacement
   */
  public ThreadReplacement(
      Predicate<Throwable> wrapper, Consumer<Throwable> deaths, Duration pause) {
    this.wrapper = wrapper;
    this.deaths = deaths;
    this.pause = pause;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    Throwable thrown = unwrapped(exception);
    deaths.accept(thrown);
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

  private Throwable unwrapped(Throwable exception) {
    Throwable cause = exception.getCause();
    return cause != null && wrapper.test(exception) ? unwrapped(cause) : exception;
  }
}
