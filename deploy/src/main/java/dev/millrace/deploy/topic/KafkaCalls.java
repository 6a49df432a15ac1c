package dev.millrace.deploy.topic;

import dev.millrace.deploy.process.PlatformException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Calls the brokers, and repeats a call that fails with an error that passes, such as a topic of
 * which one broker does not know yet.
 */
public final class KafkaCalls {
  /** Brokers learn of a new topic within a second; this bounds also a change of the controller. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final LongSupplier nanos;
  private final Pause pause;

  /** A call of the brokers. */
  public interface Call<T> {
    T get() throws InterruptedException, ExecutionException;
  }

  /** Waits between two attempts. */
  interface Pause {
    void of(Duration length) throws InterruptedException;
  }

  public KafkaCalls() {
    this(System::nanoTime, length -> Thread.sleep(length.toMillis()));
  }

  KafkaCalls(LongSupplier nanos, Pause pause) {
    this.nanos = nanos;
    this.pause = pause;
  }

  /**
   * The answer of a call, which may be repeated for 30 s.
   *
   * @param action what the call does, after "cannot"
   * @throws PlatformException if it fails for another reason, or until then
   */
  public <T> T get(String action, Call<T> call) throws InterruptedException {
    long started = nanos.getAsLong();
    while (true) {
      Throwable error;
      try {
        return call.get();
      } catch (ExecutionException e) {
        error = Objects.requireNonNullElse(e.getCause(), e);
      } catch (KafkaException e) {
        error = e;
      }
      boolean passes = error instanceof RetriableException;
      if (!passes || nanos.getAsLong() - started >= LIMIT.toNanos()) {
        throw new PlatformException(
            "Kafka cannot %s%s: %s"
                .formatted(action, passes ? ", repeated for 30 s" : "", text(error)),
            error);
      }
      pause.of(PAUSE);
    }
  }

  private static String text(Throwable error) {
    return "%s (%s)".formatted(error.getMessage(), error.getClass().getSimpleName());
  }
}
