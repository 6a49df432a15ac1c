package dev.millrace.schemas.streams.failure;

import io.prometheus.client.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that failed with an exception: the next thread restarts at the last
 * commit. So the service resumes after an outage of any length without an operator. After an {@link
 * Error} the state of the process is unknown, and it stops.
 */
public final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ThreadReplacement.class);

  /** Registered once per process, which has one topology. */
  private static final Counter CRASH_LOOPS =
      Counter.build(
              "millrace_crash_loops_total",
              "Crash loops: five failures in a row at the same place.")
          .labelNames("pipeline")
          .register();

  /** Pause before each replacement, so that a lasting fault does not use a whole core. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Predicate<Throwable> wrapper;
  private final Consumer<Throwable> failures;
  private final Counter.Child crashLoops;
  private final Duration pause;
  private final CrashLoop crashLoop;

  /**
   * @param pipeline name of the pipeline, for metrics
   * @param wrapper whether an exception only wraps its cause, as Kafka Streams wraps what a
   *     processor throws
   * @param failures receives the unwrapped exception of each failed thread
   */
  public ThreadReplacement(
      String pipeline, Predicate<Throwable> wrapper, Consumer<Throwable> failures) {
    this(pipeline, wrapper, failures, PAUSE);
  }

  /**
   * @param pause before each replacement
   */
  public ThreadReplacement(
      String pipeline, Predicate<Throwable> wrapper, Consumer<Throwable> failures, Duration pause) {
    this(pipeline, wrapper, failures, pause, InstantSource.system());
  }

  /**
   * @param clock decides whether failures are in a row
   */
  public ThreadReplacement(
      String pipeline,
      Predicate<Throwable> wrapper,
      Consumer<Throwable> failures,
      Duration pause,
      InstantSource clock) {
    this.crashLoops = CRASH_LOOPS.labels(pipeline);
    this.wrapper = wrapper;
    this.failures = failures;
    this.pause = pause;
    this.crashLoop = new CrashLoop(clock);
  }

  /** The crash loop, which needs an operator; empty if there is none. */
  public String crashLoop() {
    return crashLoop.problem();
  }

  /** The outage of broker or registry that pauses the stream; empty if there is none. */
  public String pausedBy() {
    return crashLoop.pausedBy();
  }

  /** Records a write that failed and that Kafka Streams retries. */
  void writeFailed(String topic, Exception error) {
    if (crashLoop.writeFailed(topic, error)) {
      crashLoops.inc();
      log.error("{}", crashLoop.problem());
    }
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    Throwable thrown = unwrapped(exception);
    failures.accept(thrown);
    if (thrown instanceof Error) {
      log.error("A stream thread failed with an Error; the process stops", exception);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    log.error("A stream thread failed and is replaced in {}", pause, exception);
    if (crashLoop.failed(exception, innermost(exception))) {
      crashLoops.inc();
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
