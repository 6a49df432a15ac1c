package dev.millrace.inference;

import dev.millrace.inference.InputValues.Value;
import dev.millrace.inference.onnx.Scored;
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

/** What inference counts. For many threads. */
final class InferenceMetrics {
  /** From a hop on one machine to a consumer that lags for minutes. */
  private static final double[] LATENCY_SECONDS = {
    .001, .002, .005, .01, .02, .035, .05, .075, .1, .15, .2, .3, .5, 1, 2, 5, 10, 30, 60, 300
  };

  private static final double MILLIS_A_SECOND = 1_000;

  private final Counter.Child predictions;
  private final Histogram.Child latency;
  private final List<Map<WaitResult, Counter.Child>> waits;
  private final List<Map<FeatureStatus, Counter.Child>> inputs;
  private final Counter.Child scores;
  private final Counter rejectedScores;
  private final Gauge.Child warmUpRejections;
  private final Counter deadLetters;
  private final Counter skippedRows;
  private final Counter.Child repeatedRows;
  private final Counter.Child strayRows;
  private final Counter threadDeaths;
  private final Gauge pending;
  private final Gauge ownRows;

  InferenceMetrics(Pipeline pipeline, CollectorRegistry registry) {
    boolean collects = pipeline.model() == null || pipeline.model().path() == null;
    String role = (collects ? Role.COLLECTING : Role.CHAMPION).name();
    predictions =
        counter(registry, "predictions_total", "Predictions written.", "role").labels(role);
    latency =
        Histogram.build("millrace_inference_latency_seconds", "From published_at to scored_at.")
            .buckets(LATENCY_SECONDS)
            .register(registry)
            .labels();
    Counter ofWaits =
        counter(registry, "waits_total", "Predictions by outcome of the wait.", "view", "outcome");
    waits = children(ofWaits, pipeline.features().keySet(), WaitResult.class);
    Counter ofInputs =
        counter(registry, "inputs_total", "Model inputs by status.", "input", "status");
    List<String> names = pipeline.inputs().stream().map(ModelInput::name).toList();
    inputs = children(ofInputs, names, FeatureStatus.class);
    scores = counter(registry, "model_calls_total", "Calls of the model.").labels();
    rejectedScores =
        counter(registry, "model_rejections_total", "Calls without a usable score.", "cause");
    warmUpRejections =
        gauge(registry, "warm_up_rejections", "Calls before the first event without a score.")
            .labels();
    deadLetters = counter(registry, "dead_letters_total", "Dead letters written.", "code");
    skippedRows =
        counter(
            registry,
            "skipped_rows_total",
            "Unreadable rows of views that every instance has; they have no dead letter.",
            "view",
            "code");
    repeatedRows =
        counter(registry, "repeated_rows_total", "Own rows of events scored before.").labels();
    strayRows =
        counter(registry, "stray_rows_total", "Own rows in another partition than their event's.")
            .labels();
    threadDeaths =
        counter(registry, "thread_deaths_total", "Stream threads that died of an error.", "error");
    pending =
        gauge(registry, "pending_events", "Events that wait for their own rows.", "partition");
    ownRows =
        gauge(registry, "own_rows", "Rows that are here before their event's score.", "partition");
  }

  private static Counter counter(
      CollectorRegistry registry, String name, String help, String... labels) {
    return Counter.build("millrace_inference_" + name, help).labelNames(labels).register(registry);
  }

  private static Gauge gauge(
      CollectorRegistry registry, String name, String help, String... labels) {
    return Gauge.build("millrace_inference_" + name, help).labelNames(labels).register(registry);
  }

  /** Looked up once, since looking up a labelled counter costs more than counting. */
  private static <E extends Enum<E>> List<Map<E, Counter.Child>> children(
      Counter counter, Collection<String> names, Class<E> values) {
    List<Map<E, Counter.Child>> children = new ArrayList<>();
    for (String name : names) {
      Map<E, Counter.Child> child = new EnumMap<>(values);
      for (E value : values.getEnumConstants()) {
        child.put(value, counter.labels(name, value.name()));
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

  void predicted(Value[] values, WaitResult[] outcomes, @Nullable Long latencyMillis) {
    predictions.inc();
    for (int i = 0; i < values.length; i++) {
      inc(inputs.get(i), values[i].status());
    }
    for (int i = 0; i < outcomes.length; i++) {
      inc(waits.get(i), outcomes[i]);
    }
    if (latencyMillis != null) {
      latency.observe(latencyMillis / MILLIS_A_SECOND);
    }
  }

  void scored(Scored scored) {
    scores.inc();
    if (scored instanceof Scored.Rejected rejected) {
      rejectedScores.labels(rejected.cause().name()).inc();
    }
  }

  void warmedUp(int rejections) {
    warmUpRejections.set(rejections);
  }

  void deadLetter(RejectionCode code) {
    deadLetters.labels(code.name()).inc();
  }

  void skippedRow(String view, RejectionCode code) {
    skippedRows.labels(view, code.name()).inc();
  }

  void repeatedRow() {
    repeatedRows.inc();
  }

  void strayRow() {
    strayRows.inc();
  }

  void threadDied(Throwable error) {
    threadDeaths.labels(error.getClass().getSimpleName()).inc();
  }

  void waiting(int partition, long events, long rows) {
    pending.labels(Integer.toString(partition)).set((double) events);
    ownRows.labels(Integer.toString(partition)).set((double) rows);
  }

  void left(int partition) {
    pending.remove(Integer.toString(partition));
    ownRows.remove(Integer.toString(partition));
  }
}
