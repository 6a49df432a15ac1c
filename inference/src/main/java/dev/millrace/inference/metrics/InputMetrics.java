package dev.millrace.inference.metrics;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that the model receives, by input: how many are missing, from a fallback, or old, and
 * how many different ones there are. Every series exists from the start, and there are only those
 * of the pipeline's inputs. Safe for many threads.
 */
final class InputMetrics {
  /** From the newest event of a live source to an entity that returns after a month. */
  private static final double[] AGE_SECONDS = {
    1, 10, 60, 300, 900, 3_600, 14_400, 86_400, 604_800, 2_592_000
  };

  private static final double MILLIS_PER_SECOND = 1_000;

  private final InstantSource clock;
  private final List<Input> inputs = new ArrayList<>();

  /**
   * The series of one input.
   *
   * @param lookup null: the input reads no view
   */
  private record Input(
      Map<FeatureStatus, Counter.Child> statuses,
      @Nullable LookupInput lookup,
      DistinctValues distinct) {}

  private record LookupInput(Counter.Child fallbacks, Histogram.Child ages) {}

  InputMetrics(Pipeline pipeline, MetricFactory metrics, InstantSource clock) {
    this.clock = clock;
    Counter statuses =
        metrics.counter("inputs_total", "Model inputs by status.", "input", "status");
    Counter fallbacks =
        metrics.counter(
            "input_fallbacks_total",
            "Values of expressions one of whose lookups was not found or is too old.",
            "input");
    Histogram ages =
        metrics.histogram(
            "input_age_seconds",
            "Age of the entity's newest event as of the scored event.",
            AGE_SECONDS,
            "input");
    Gauge distinct =
        metrics.gauge(
            "input_distinct_values",
            "Different values of the last 5 to 10 minutes, estimated.",
            "input");
    for (ModelInput input : pipeline.inputs()) {
      String[] labels = {pipeline.name(), input.name()};
      DistinctValues values = new DistinctValues();
      distinct.setChild(
          new Gauge.Child() {
            @Override
            public double get() {
              return values.estimate(clock.millis());
            }
          },
          labels);
      inputs.add(
          new Input(
              byStatus(statuses, labels),
              readsView(input)
                  ? new LookupInput(fallbacks.labels(labels), ages.labels(labels))
                  : null,
              values));
    }
  }

  /** Children are looked up once, since the lookup costs more than the count. */
  private static Map<FeatureStatus, Counter.Child> byStatus(Counter counter, String... labels) {
    Map<FeatureStatus, Counter.Child> children = new EnumMap<>(FeatureStatus.class);
    for (FeatureStatus status : FeatureStatus.values()) {
      children.put(status, counter.labels(labels[0], labels[1], status.name()));
    }
    return children;
  }

  /** A feature of a lookup is {@code lookup.feature}; the names of fields have no dot. */
  private static boolean readsView(ModelInput input) {
    return input.expression().references().stream().anyMatch(name -> name.indexOf('.') >= 0);
  }

  /** Counts the values of one prediction. */
  void count(Value[] values) {
    long nowMillis = clock.millis();
    for (int i = 0; i < values.length; i++) {
      count(inputs.get(i), values[i], nowMillis);
    }
  }

  private static void count(Input input, Value value, long nowMillis) {
    Counter.Child status = input.statuses.get(value.status());
    if (status != null) {
      status.inc();
    }
    if (input.lookup != null) {
      if (value.isFallback()) {
        input.lookup.fallbacks.inc();
      }
      if (value.ageMillis() != null) {
        input.lookup.ages.observe(value.ageMillis() / MILLIS_PER_SECOND);
      }
    }
    if (value.value() != null) {
      input.distinct.add(value.value(), nowMillis);
    }
  }
}
