package dev.millrace.ingest.producer.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Publishes the progress of several sources whose events are published in one order of event time,
 * at most four times a second. Not thread-safe.
 */
public final class ProgressReporter {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final List<SourcePublisher> sources;
  private final LongSupplier nanoTime;
  private Instant reached = Instant.MIN;
  private Instant published = Instant.MIN;
  private long publishedNanos;

  /**
   * @param sources empty: no progress is published
   * @param nanoTime nanoseconds since an arbitrary moment
   */
  public ProgressReporter(Collection<SourcePublisher> sources, LongSupplier nanoTime) {
    this.sources = List.copyOf(sources);
    this.nanoTime = nanoTime;
    this.publishedNanos = nanoTime.getAsLong() - INTERVAL.toNanos();
  }

  /**
   * All events before a time were published; an earlier time than before has no effect.
   *
   * @param waitNanos time until the next call; before a long one the progress is published now
   * @throws PublishException if an earlier record could not be sent
   */
  public void reached(Instant time, long waitNanos) {
    reached = time.isAfter(reached) ? time : reached;
    long sinceNanos = nanoTime.getAsLong() - publishedNanos;
    if (Math.max(sinceNanos, waitNanos) >= INTERVAL.toNanos()) {
      publish();
    }
  }

  /**
   * Publishes the last time at once; called at the end.
   *
   * @throws PublishException if an earlier record could not be sent
   */
  public void publish() {
    if (reached.isAfter(published)) {
      sources.forEach(source -> source.publishProgress(reached));
      published = reached;
      publishedNanos = nanoTime.getAsLong();
    }
  }
}
