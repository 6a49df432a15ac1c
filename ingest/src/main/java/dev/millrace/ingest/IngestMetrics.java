package dev.millrace.ingest;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/**
 * What ingest counts. The counters follow the processing: after a crash, records of the transaction
 * that was lost are counted again. The topics hold the exact figures.
 */
final class IngestMetrics {
  private final String pipeline;
  private final Counter events;
  private final Counter rekeyed;
  private final Counter threadDeaths;
  private final Gauge parked;
  private final Gauge clockLag;

  IngestMetrics(String pipeline, CollectorRegistry registry) {
    this.pipeline = pipeline;
    this.events =
        Counter.build(
                "millrace_ingest_events_total",
                "Records by where they ended; code is the dead letter's, or LATE for a late event"
                    + " that was accepted.")
            .labelNames("pipeline", "source", "outcome", "code")
            .register(registry);
    this.rekeyed =
        Counter.build(
                "millrace_ingest_rekeyed_total",
                "Events that took a hop, since they came on another partition than their key's.")
            .labelNames("pipeline", "source")
            .register(registry);
    this.threadDeaths =
        Counter.build(
                "millrace_ingest_thread_deaths_total",
                "Stream threads that died of an error and were replaced.")
            .labelNames("pipeline", "error")
            .register(registry);
    this.parked =
        Gauge.build(
                "millrace_ingest_parked_records",
                "Records that are kept until the schema registry answers for their schema id.")
            .labelNames("pipeline", "source")
            .register(registry);
    this.clockLag =
        Gauge.build(
                "millrace_ingest_event_clock_lag_seconds",
                "How far an arrival partition's event clock is behind its newest event time.")
            .labelNames("pipeline", "source", "partition")
            .register(registry);
  }

  void ended(String source, Outcome outcome, String code) {
    events.labels(pipeline, source, outcome.label(), code).inc();
  }

  void rekeyed(String source) {
    rekeyed.labels(pipeline, source).inc();
  }

  /**
   * @param more records that one partition parks now than at its last call
   */
  void parked(String source, int more) {
    parked.labels(pipeline, source).inc(more);
  }

  void clockLag(String source, int partition, long millis) {
    clockLag.labels(pipeline, source, String.valueOf(partition)).set(millis / 1000.0);
  }

  /** Another process has the partition now. */
  void noClockLag(String source, int partition) {
    clockLag.remove(pipeline, source, String.valueOf(partition));
  }

  void threadDied(Throwable error) {
    threadDeaths.labels(pipeline, error.getClass().getSimpleName()).inc();
  }
}
