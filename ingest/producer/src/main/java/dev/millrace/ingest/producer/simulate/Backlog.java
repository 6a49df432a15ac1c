package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.publish.PublishException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The number of sent payments that have no prediction yet: the pipeline writes one for each payment
 * without a fault. One thread sends and another counts predictions.
 *
 * <p>By Little's law the latency is this number divided by the rate of predictions. So it stays
 * near a limit if the number is at most that of the predictions in the last period of this length.
 */
final class Backlog {
  /** The number that may always wait, so that sending can begin and resume. */
  private static final int ALWAYS = 100;

  /** Longer than the pipeline needs to resume after the crash of one of its processes. */
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

  private final Duration limit;
  private final LongSupplier nanoTime;
  private final Deque<Long> predictedAtNanos = new ArrayDeque<>();
  private long waiting;
  private long lastChangeNanos;
  private @Nullable PublishException failure;

  /**
   * An empty backlog.
   *
   * @param limit of the latency from the send of a payment to its prediction
   */
  Backlog(Duration limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /** Adds a payment. */
  synchronized void sent() {
    if (waiting == 0) {
      lastChangeNanos = nanoTime.getAsLong();
    }
    waiting++;
  }

  /** Removes a payment, if there is one: a repeated prediction may remove too many. */
  synchronized void predicted() {
    lastChangeNanos = nanoTime.getAsLong();
    predictedAtNanos.addLast(lastChangeNanos);
    waiting = Math.max(0, waiting - 1);
  }

  /** Ends the sending, since predictions are not counted any more. */
  synchronized void fail(PublishException cause) {
    failure = cause;
  }

  /**
   * Whether so many payments wait that the latency would exceed the limit.
   *
   * @throws PublishException if payments wait and there was no prediction for {@link
   *     #LONGEST_SILENCE}, or predictions are not counted any more
   */
  synchronized boolean exceedsLimit() {
    if (failure != null) {
      throw failure;
    }
    long now = nanoTime.getAsLong();
    while (!predictedAtNanos.isEmpty() && now - predictedAtNanos.getFirst() > limit.toNanos()) {
      predictedAtNanos.removeFirst();
    }
    boolean exceeds = waiting > Math.max(ALWAYS, predictedAtNanos.size());
    if (exceeds && now - lastChangeNanos > LONGEST_SILENCE.toNanos()) {
      throw new PublishException(
          "the pipeline has written no prediction for %d s, while %,d payments wait for one: start it, or omit --max-lag; payments that were sent before, or are late, have none"
              .formatted(LONGEST_SILENCE.toSeconds(), waiting));
    }
    return exceeds;
  }
}
