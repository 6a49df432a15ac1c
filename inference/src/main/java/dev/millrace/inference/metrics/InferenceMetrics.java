package dev.millrace.inference.metrics;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metrics of inference. Safe for many threads. */
public final class InferenceMetrics {
  /** From a hop on one machine to a consumer that lags for minutes. */
  private static final double[] LATENCY_SECONDS = {
    .001, .002, .005, .01, .02, .035, .05, .075, .1, .15, .2, .3, .5, 1, 2, 5, 10, 30, 60, 300
  };

  private static final double MILLIS_PER_SECOND = 1_000;

  private final String pipeline;
  private final CollectorRegistry registry;
  private final Counter.Child predictions;
  private final Histogram.Child latency;
  private final List<Map<WaitResult, Counter.Child>> waits;
  private final List<Map<FeatureStatus, Counter.Child>> inputs;
  private final Counter.Child modelCalls;
  private final Counter modelRejections;
  private final Gauge.Child warmUpRejections;
  private final Counter deadLetters;
  private final Counter skippedRows;
  private final Counter.Child repeatedRows;
  private final Counter.Child strayRows;
  private final Counter threadDeaths;
  private final Gauge pendingEvents;
  private final Gauge awaitedRows;

  public InferenceMetrics(Pipeline pipeline, CollectorRegistry registry) {
    this.pipeline = pipeline.name();
    this.registry = registry;
    boolean collects = pipeline.model() == null || pipeline.model().path() == null;
    String role = (collects ? Role.COLLECTING : Role.CHAMPION).name();
    predictions =
        counter("predictions_total", "Predictions written.", "role").labels(pipeline.name(), role);
    latency =
        Histogram.build("millrace_inference_latency_seconds", "From published_at to scored_at.")
            .labelNames("pipeline")
            .buckets(LATENCY_SECONDS)
            .register(registry)
            .labels(pipeline.name());
    waits =
        children(
            counter("waits_total", "Predictions by the result of the wait.", "view", "result"),
            pipeline.features().keySet(),
            WaitResult.class);
    inputs =
        children(
            counter("inputs_total", "Model inputs by status.", "input", "status"),
            pipeline.inputs().stream().map(ModelInput::name).toList(),
            FeatureStatus.class);
    modelCalls = counter("model_calls_total", "Calls of the model.").labels(pipeline.name());
    modelRejections =
        counter("model_rejections_total", "Calls of the model without a valid score.", "cause");
    warmUpRejections =
        gauge("warm_up_rejections", "Calls of the warm-up without a valid score.")
            .labels(pipeline.name());
    deadLetters = counter("dead_letters_total", "Dead letters written.", "code");
    skippedRows =
        counter(
            "skipped_rows_total",
            "Rejected rows of replicated views, which have no dead letter.",
            "view",
            "code");
    repeatedRows =
        counter("repeated_rows_total", "Awaited rows of events that were scored before.")
            .labels(pipeline.name());
    strayRows =
        counter("stray_rows_total", "Awaited rows in another partition than their event's.")
            .labels(pipeline.name());
    threadDeaths =
        counter(
            "thread_deaths_total",
            "Stream threads that ended with an error and were replaced.",
            "error");
    pendingEvents = gauge("pending_events", "Events that wait for their rows.", "partition");
    awaitedRows =
        gauge("awaited_rows", "Awaited rows whose event was not scored yet.", "partition");
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.build("millrace_inference_" + name, help)
        .labelNames(withPipeline("pipeline", labels))
        .register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.build("millrace_inference_" + name, help)
        .labelNames(withPipeline("pipeline", labels))
        .register(registry);
  }

  private static String[] withPipeline(String first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Children are looked up once, since the lookup costs more than the count. */
  private <E extends Enum<E>> List<Map<E, Counter.Child>> children(
      Counter counter, Collection<String> names, Class<E> values) {
    List<Map<E, Counter.Child>> children = new ArrayList<>();
    for (String name : names) {
      Map<E, Counter.Child> child = new EnumMap<>(values);
      for (E value : values.getEnumConstants()) {
        child.put(value, counter.labels(pipeline, name, value.name()));
      }
      children.add(child);
    }
    return children;
  }

  private static <E extends Enum<E>> void inc(Map<E, Counter.Child> children, E value) {
    Counter.Child child = children.get(value);
    if (child != null) {
      child.inc();
    }
  }

  /**
   * Counts a prediction.
   *
   * @param statuses by input
   * @param results by view
   * @param latencyMillis null if the time of publication is not known
   */
  public void predicted(
      List<FeatureStatus> statuses, List<WaitResult> results, @Nullable Long latencyMillis) {
    predictions.inc();
    for (int i = 0; i < statuses.size(); i++) {
      inc(inputs.get(i), statuses.get(i));
    }
    for (int i = 0; i < results.size(); i++) {
      inc(waits.get(i), results.get(i));
    }
    if (latencyMillis != null) {
      latency.observe(latencyMillis / MILLIS_PER_SECOND);
    }
  }

  /** Counts a call of the model. */
  public void modelCalled() {
    modelCalls.inc();
  }

  /** Counts a call of the model without a valid score. */
  public void modelRejected(String cause) {
    modelRejections.labels(pipeline, cause).inc();
  }

  public void warmedUp(int rejections) {
    warmUpRejections.set(rejections);
  }

  public void deadLetter(RejectionCode code) {
    deadLetters.labels(pipeline, code.name()).inc();
  }

  public void skippedRow(String view, RejectionCode code) {
    skippedRows.labels(pipeline, view, code.name()).inc();
  }

  public void repeatedRow() {
    repeatedRows.inc();
  }

  public void strayRow() {
    strayRows.inc();
  }

  /** Counts a stream thread that ended with an error. */
  public void threadDied(Throwable error) {
    threadDeaths.labels(pipeline, error.getClass().getSimpleName()).inc();
  }

  /** Sets the gauges of a partition. */
  public void waiting(int partition, long events, long rows) {
    pendingEvents.labels(pipeline, Integer.toString(partition)).set((double) events);
    awaitedRows.labels(pipeline, Integer.toString(partition)).set((double) rows);
  }

  /** Removes the gauges of a partition that this process no longer has. */
  public void removePartition(int partition) {
    pendingEvents.remove(pipeline, Integer.toString(partition));
    awaitedRows.remove(pipeline, Integer.toString(partition));
  }
}
