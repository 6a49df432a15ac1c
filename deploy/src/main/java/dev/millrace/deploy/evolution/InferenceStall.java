package dev.millrace.deploy.evolution;

import dev.millrace.deploy.process.PlatformException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Tells that waiting for inference is useless: that it reads nothing any more. */
final class InferenceStall {
  /** Longer than the pause of a platform before it restarts a crashed service, and its start. */
  private static final Duration DOWN = Duration.ofMinutes(2);

  /** Longer than the restoration of a large store, in which nothing is read. */
  private static final Duration STUCK = Duration.ofMinutes(10);

  private final LongSupplier nanos;
  private final Supplier<Optional<String>> health;
  private long left = Long.MAX_VALUE;
  private long sinceNanos;

  /**
   * @param nanos a monotonic clock
   * @param health what inference says of itself; empty if it does not answer
   */
  InferenceStall(LongSupplier nanos, Supplier<Optional<String>> health) {
    this.nanos = nanos;
    this.health = health;
    this.sinceNanos = nanos.getAsLong();
  }

  /**
   * Takes the number of records that inference still has to read.
   *
   * @throws PlatformException if it is the same as minutes before
   */
  void check(long leftNow) {
    long now = nanos.getAsLong();
    if (leftNow < left) {
      left = leftNow;
      sinceNanos = now;
      return;
    }
    Duration still = Duration.ofNanos(now - sinceNanos);
    if (still.compareTo(DOWN) < 0) {
      return;
    }
    Optional<String> answer = health.get();
    if (answer.isEmpty() || still.compareTo(STUCK) >= 0) {
      throw new PlatformException(
          "inference has read nothing for %d minutes, %,d records are left; %s"
              .formatted(
                  still.toMinutes(),
                  left,
                  answer
                      .map(text -> "it answers '%s', see its log".formatted(text.strip()))
                      .orElse("it does not answer: see its log, and start the platform again")));
    }
  }
}
