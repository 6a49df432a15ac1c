package dev.millrace.inference.metrics;

import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.Pipeline;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of inference. Every counter is 0 from the start, so that a rate contains its first
 * increase. Safe for many threads.
 */
public final class InferenceMetrics {
  /** From a hop on one machine to a consumer that lags for minutes. */
  private static final double[] LATENCY_SECONDS = {
    .001, .002, .005, .01, .02, .035, .05, .075, .1, .15, .2, .3, .5, 1, 2, 5, 10, 30, 60, 300
  };

  private static final double MILLIS_PER_SECOND = 1_000;

  /** The codes of dead letters that have to do with one event, beside those of its decoding. */
  private static final Set<RejectionCode> OF_EVENTS =
      EnumSet.of(RejectionCode.KEY_MISSING, RejectionCode.TOO_LARGE, RejectionCode.MODEL_OUTPUT);

  private final String pipeline;
  private final Counter.Child predictions;
  private final Histogram.Child latency;
  private final Map<WaitResult, Counter.Child> waits = new EnumMap<>(WaitResult.class);
  private final InputMetrics inputs;
  private final Counter.Child modelCalls;
  private final Counter modelRejections;
  private final Counter shadowRejections;
  private final Gauge.Child warmUpRejections;
  private final Counter deadLetters;
  private final Counter.Child threadDeaths;
  private final WaitMetrics waiting;
  private final RepartitionMetrics repartition;

  public InferenceMetrics(Pipeline pipeline, CollectorRegistry registry) {
    this(pipeline, registry, InstantSource.system());
  }

  /**
   * @param clock for values of the last minutes
   */
  InferenceMetrics(Pipeline pipeline, CollectorRegistry registry, InstantSource clock) {
    this.pipeline = pipeline.name();
    MetricFactory metrics = new MetricFactory(registry);
    boolean collects = pipeline.model() == null || pipeline.model().path() == null;
    String role = (collects ? Role.COLLECTING : Role.CHAMPION).name();
    predictions =
        metrics
            .counter("predictions_total", "Predictions written.", "role")
            .labels(pipeline.name(), role);
    latency =
        metrics
            .histogram("latency_seconds", "From published_at to scored_at.", LATENCY_SECONDS)
            .labels(pipeline.name());
    Counter waitResults =
        metrics.counter("waits_total", "Predictions by the result of the wait.", "result");
    for (WaitResult result : WaitResult.values()) {
      waits.put(result, waitResults.labels(pipeline.name(), result.name()));
    }
    inputs = new InputMetrics(pipeline, metrics, clock);
    modelCalls =
        metrics.counter("model_calls_total", "Calls of the model.").labels(pipeline.name());
    modelRejections =
        metrics.counter(
            "model_rejections_total", "Calls of the model without a valid score.", "cause");
    shadowRejections =
        metrics.counter(
            "shadow_rejections_total", "Calls of the shadow without a valid score.", "cause");
    warmUpRejections =
        metrics
            .gauge("warm_up_rejections", "Calls of the warm-up without a valid score.")
            .labels(pipeline.name());
    deadLetters = metrics.counter("dead_letters_total", "Dead letters written.", "code");
    Stream.of(RejectionCode.DECODING, OF_EVENTS)
        .flatMap(Set::stream)
        .forEach(code -> deadLetters.labels(pipeline.name(), code.name()));
    threadDeaths =
        metrics
            .counter(
                "thread_deaths_total", "Stream threads that ended with an error and were replaced.")
            .labels(pipeline.name());
    waiting = new WaitMetrics(pipeline.name(), metrics);
    repartition = new RepartitionMetrics(pipeline, metrics);
  }

  /**
   * Counts a prediction.
   *
   * @param values of the inputs, in their order
   * @param latencyMillis null if the time of publication is not known
   */
  public void predicted(Value[] values, WaitResult wait, @Nullable Long latencyMillis) {
    predictions.inc();
    inputs.count(values);
    Counter.Child waited = waits.get(wait);
    if (waited != null) {
      waited.inc();
    }
    if (latencyMillis != null) {
      latency.observe(latencyMillis / MILLIS_PER_SECOND);
    }
  }

  /** Counts a call of the model. */
  public void modelCalled() {
    modelCalls.inc();
  }

  /**
   * Counts calls of the model without a valid score.
   *
   * @param calls 0: creates the counter
   */
  public void modelRejected(String cause, int calls) {
    modelRejections.labels(pipeline, cause).inc(calls);
  }

  /**
   * Counts calls of the shadow without a valid score.
   *
   * @param calls 0: creates the counter
   */
  public void shadowRejected(String cause, int calls) {
    shadowRejections.labels(pipeline, cause).inc(calls);
  }

  public void warmedUp(int rejections) {
    warmUpRejections.set(rejections);
  }

  public void deadLetter(RejectionCode code) {
    deadLetters.labels(pipeline, code.name()).inc();
  }

  /** Creates the counters of {@link #skippedRow} of a view. */
  public void countSkippedRowsOf(String view) {
    waiting.start(view);
  }

  /** Counts a row of a view that was not used. */
  public void skippedRow(String view, RejectionCode code) {
    waiting.skipped(view, code);
  }

  /** The metrics of questions about rows that other partitions keep. */
  public RepartitionMetrics repartition() {
    return repartition;
  }

  public void repeatedVector() {
    waiting.repeated();
  }

  /** Counts a stream thread that ended with an error. */
  public void threadDied() {
    threadDeaths.inc();
  }

  /** Sets the gauges of a partition. */
  public void waiting(int partition, long events, long vectors) {
    waiting.set(partition, events, vectors);
  }

  /** Removes the gauges of a partition that this process no longer has. */
  public void removePartition(int partition) {
    waiting.removePartition(partition);
  }
}
