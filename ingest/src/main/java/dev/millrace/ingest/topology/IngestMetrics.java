package dev.millrace.ingest.topology;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.EnumSet;
import java.util.Set;

/**
 * The metrics of ingest. Records are counted when they are processed: after a crash, those of the
 * aborted transaction are counted again. The topics hold the exact figures.
 *
 * <p>Every counter is 0 from the start, so that a rate contains its first increase. The exception
 * are dead letters by producer, whose names are not known before.
 */
public final class IngestMetrics {
  /** The value of the label {@code code} of a late event that was accepted. */
  static final String ACCEPTED_THOUGH_LATE = "LATE";

  /** The codes that other services use. */
  private static final Set<RejectionCode> OF_OTHERS =
      EnumSet.of(RejectionCode.MODEL_OUTPUT, RejectionCode.CALL_REFUSED);

  private final String pipeline;
  private final Counter events;
  private final Counter deadLetters;
  private final ProducerLabels producers = new ProducerLabels();
  private final Counter rekeyed;
  private final Counter.Child threadDeaths;
  private final Gauge parked;
  private final Gauge clockLag;

  public IngestMetrics(Pipeline pipeline, CollectorRegistry registry) {
    this.pipeline = pipeline.name();
    this.events =
        Counter.build(
                "millrace_ingest_events_total",
                "Records by the result of the check; code is the dead letter's, or LATE for a late"
                    + " event that was accepted.")
            .labelNames("pipeline", "source", "result", "code")
            .register(registry);
    this.deadLetters =
        Counter.build(
                "millrace_ingest_dead_letters_by_producer_total",
                "Dead letters by the producer's name, from the header millrace.producer or"
                    + " ce_source; the 101st name and later ones are counted as 'other'.")
            .labelNames("pipeline", "source", "producer", "code")
            .register(registry);
    this.rekeyed =
        Counter.build(
                "millrace_ingest_rekeyed_total",
                "Events sent through the rekeyed topic, since they arrived on another partition than"
                    + " their key's.")
            .labelNames("pipeline", "source")
            .register(registry);
    this.threadDeaths =
        Counter.build(
                "millrace_ingest_thread_deaths_total",
                "Stream threads that ended with an error and were replaced.")
            .labelNames("pipeline")
            .register(registry)
            .labels(this.pipeline);
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
    Gauge.build(
            "millrace_ingest_scored_source_info",
            "1 for the source whose events are scored, so that alerts can tell them from labels.")
        .labelNames("pipeline", "source")
        .register(registry)
        .labels(this.pipeline, pipeline.scored().name())
        .set(1);
    pipeline.sources().values().forEach(this::startAtZero);
  }

  private void startAtZero(Source source) {
    for (IngestResult result : IngestResult.values()) {
      if (result != IngestResult.DEAD_LETTER) {
        events.labels(pipeline, source.name(), result.label(), "");
      }
    }
    if (source.late() == LatePolicy.SCORE) {
      events.labels(pipeline, source.name(), IngestResult.ACCEPTED.label(), ACCEPTED_THOUGH_LATE);
    }
    for (RejectionCode code : EnumSet.complementOf(EnumSet.copyOf(OF_OTHERS))) {
      events.labels(pipeline, source.name(), IngestResult.DEAD_LETTER.label(), code.name());
    }
    rekeyed.labels(pipeline, source.name());
    parked.labels(pipeline, source.name());
  }

  void checked(String source, IngestResult result, String code) {
    events.labels(pipeline, source, result.label(), code).inc();
  }

  /**
   * Counts a dead letter.
   *
   * @param producer the name that it sent
   */
  void deadLetter(String source, String producer, String code) {
    checked(source, IngestResult.DEAD_LETTER, code);
    deadLetters.labels(pipeline, source, producers.of(producer), code).inc();
  }

  void rekeyed(String source) {
    rekeyed.labels(pipeline, source).inc();
  }

  /**
   * Adds to the number of parked records.
   *
   * @param more the change since the partition's last call; negative when records were released
   */
  void parked(String source, int more) {
    parked.labels(pipeline, source).inc(more);
  }

  void clockLag(String source, int partition, long millis) {
    clockLag.labels(pipeline, source, String.valueOf(partition)).set(millis / 1000.0);
  }

  /** Removes the gauge of a partition that this process no longer has. */
  void removeClockLag(String source, int partition) {
    clockLag.remove(pipeline, source, String.valueOf(partition));
  }

  /** Counts a stream thread that ended with an error. */
  public void threadDied() {
    threadDeaths.inc();
  }
}
