package dev.millrace.inference.metrics;

import dev.millrace.schemas.codec.RejectionCode;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** The metrics of feature rows and of the events that wait for them. */
final class RowMetrics {
  private final String pipeline;
  private final Counter skipped;
  private final Counter.Child repeated;
  private final Counter.Child stray;
  private final Gauge pendingEvents;
  private final Gauge awaited;

  RowMetrics(String pipeline, MetricFactory metrics) {
    this.pipeline = pipeline;
    skipped =
        metrics.counter(
            "skipped_rows_total",
            "Rejected rows of replicated views, which have no dead letter.",
            "view",
            "code");
    repeated =
        metrics
            .counter("repeated_rows_total", "Awaited rows of events that were scored before.")
            .labels(pipeline);
    stray =
        metrics
            .counter("stray_rows_total", "Awaited rows in another partition than their event's.")
            .labels(pipeline);
    pendingEvents =
        metrics.gauge("pending_events", "Events that wait for their rows.", "partition");
    awaited =
        metrics.gauge("awaited_rows", "Awaited rows whose event was not scored yet.", "partition");
  }

  void skipped(String view, RejectionCode code) {
    skipped.labels(pipeline, view, code.name()).inc();
  }

  void repeated() {
    repeated.inc();
  }

  void stray() {
    stray.inc();
  }

  void waiting(int partition, long events, long rows) {
    pendingEvents.labels(pipeline, Integer.toString(partition)).set((double) events);
    awaited.labels(pipeline, Integer.toString(partition)).set((double) rows);
  }

  void removePartition(int partition) {
    pendingEvents.remove(pipeline, Integer.toString(partition));
    awaited.remove(pipeline, Integer.toString(partition));
  }
}
