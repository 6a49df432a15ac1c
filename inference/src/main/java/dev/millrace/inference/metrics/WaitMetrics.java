package dev.millrace.inference.metrics;

import dev.millrace.schemas.codec.RejectionCode;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** The metrics of vectors, of feature rows, and of the events that wait. */
final class WaitMetrics {
  private final String pipeline;
  private final Counter skipped;
  private final Counter.Child repeated;
  private final Gauge pendingEvents;
  private final Gauge earlyVectors;

  WaitMetrics(String pipeline, MetricFactory metrics) {
    this.pipeline = pipeline;
    skipped =
        metrics.counter(
            "skipped_rows_total",
            "Rejected rows of replicated views, which have no dead letter.",
            "view",
            "code");
    repeated =
        metrics
            .counter("repeated_vectors_total", "Vectors of events that were scored before.")
            .labels(pipeline);
    pendingEvents =
        metrics.gauge("pending_events", "Events that wait for their vectors.", "partition");
    earlyVectors =
        metrics.gauge("early_vectors", "Vectors whose event was not scored yet.", "partition");
  }

  /** Creates the counters of a view. */
  void start(String view) {
    RejectionCode.DECODING.forEach(code -> skipped.labels(pipeline, view, code.name()));
    skipped.labels(pipeline, view, RejectionCode.KEY_MISSING.name());
  }

  void skipped(String view, RejectionCode code) {
    skipped.labels(pipeline, view, code.name()).inc();
  }

  void repeated() {
    repeated.inc();
  }

  void set(int partition, long events, long vectors) {
    pendingEvents.labels(pipeline, Integer.toString(partition)).set((double) events);
    earlyVectors.labels(pipeline, Integer.toString(partition)).set((double) vectors);
  }

  void removePartition(int partition) {
    pendingEvents.remove(pipeline, Integer.toString(partition));
    earlyVectors.remove(pipeline, Integer.toString(partition));
  }
}
