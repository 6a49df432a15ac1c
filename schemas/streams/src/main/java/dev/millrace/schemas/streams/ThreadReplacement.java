package dev.millrace.schemas.streams;

import io.prometheus.client.Counter;
import java.time.Duration;
import java.time.InstantSource;
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

  /** One for the process, which has one topology. */
  private static final Counter CRASH_LOOPS =
      Counter.build(
              "millrace_crash_loops_total",
              "Faults that do not pass: five failures in a row at the same place.")
          .register();

  /** Before each replacement, so that a lasting fault does not spin. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Predicate<Throwable> wrapper;
  private final Consumer<Throwable> deaths;
  private final Duration pause;
  private final CrashLoop crashLoop;

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
    this(wrapper, deaths, pause, InstantSource.system());
  }

  /**
   * @param clock tells failures in a row from failures far apart
   */
  public ThreadReplacement(
      Predicate<Throwable> wrapper,
      Consumer<Throwable> deaths,
      Duration pause,
      InstantSource clock) {
    this.wrapper = wrapper;
    this.deaths = deaths;
    this.pause = pause;
    this.crashLoop = new CrashLoop(clock);
  }

  /** What fails again and again, so that only a person can mend it; empty: nothing. */
  public String crashLoop() {
    return crashLoop.problem();
  }

  /** The outage of broker or registry that threads wait for; empty: none of late. */
  public String pausedBy() {
    return crashLoop.pausedBy();
  }

  /** Takes note of a write that failed and that Kafka Streams repeats. */
  void writeFailed(String topic, Exception error) {
    if (crashLoop.writeFailed(topic, error)) {
      CRASH_LOOPS.inc();
      log.error("{}", crashLoop.problem());
    }
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
    if (crashLoop.failed(exception, innermost(exception))) {
      CRASH_LOOPS.inc();
      log.error("{}", crashLoop.problem());
    }
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private static Throwable innermost(Throwable exception) {
    Throwable cause = exception.getCause();
    return cause == null ? exception : innermost(cause);
  }

  private Throwable unwrapped(Throwable exception) {
    Throwable cause = exception.getCause();
    return cause != null && wrapper.test(exception) ? unwrapped(cause) : exception;
  }
}
