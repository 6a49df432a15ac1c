package dev.millrace.inference.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inputs of the example: distance, origin.delay_minutes_avg_3h, hour, late_share. */
class InputMetricsTest {
  private static final Value DISTANCE = new Value(300L, FeatureStatus.PRESENT, null, false);
  private static final Value HOUR = new Value(7L, FeatureStatus.PRESENT, null, false);

  private final CollectorRegistry registry = new CollectorRegistry();
  private Instant now = Instant.parse("2026-01-05T12:00:00Z");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private Pipeline pipeline;

  @SuppressWarnings("NullAway.Init")
  private InferenceMetrics metrics;

  @BeforeEach
  void create() {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
    metrics = new InferenceMetrics(pipeline, registry, () -> now);
  }

  @Test
  void everySeriesExistsFromTheStart() {
    for (FeatureStatus status : FeatureStatus.values()) {
      assertThat(value("inputs_total", "late_share", status.name())).isZero();
    }
    for (ModelInput input : pipeline.inputs()) {
      assertThat(value("input_distinct_values", input.name())).as(input.name()).isZero();
    }
    assertThat(value("input_fallbacks_total", "late_share")).isZero();
    assertThat(value("input_age_seconds_count", "late_share")).isZero();
    assertThat(value("input_age_seconds_count", "distance")).as("reads no view").isNull();
    assertThat(value("input_fallbacks_total", "hour")).as("reads no view").isNull();
  }

  @Test
  void missingValuesFallbacksAndAgesAreCounted() {
    predicted(new Value(null, FeatureStatus.NOT_FOUND, null, false));
    predicted(new Value(0.5, FeatureStatus.PRESENT, null, true));
    predicted(new Value(0.5, FeatureStatus.PRESENT, Duration.ofHours(2).toMillis(), false));
    assertThat(value("inputs_total", "late_share", "NOT_FOUND")).isEqualTo(1);
    assertThat(value("inputs_total", "late_share", "PRESENT")).isEqualTo(2);
    assertThat(value("input_fallbacks_total", "late_share")).isEqualTo(1);
    assertThat(value("input_age_seconds_count", "late_share")).isEqualTo(1);
    assertThat(value("input_age_seconds_sum", "late_share")).isEqualTo(7_200);
    assertThat(value("input_distinct_values", "late_share")).isCloseTo(1, within(0.01));
    assertThat(value("input_distinct_values", "distance")).isCloseTo(1, within(0.01));
  }

  @Test
  void differentValuesAreThoseOfTheLastTwoWindows() {
    predicted(present(1.0));
    predicted(present(2.0));
    now = now.plus(DistinctValues.WINDOW);
    predicted(present(2.0));
    predicted(present(3.0));
    assertThat(value("input_distinct_values", "late_share")).isCloseTo(3, within(0.01));
    now = now.plus(DistinctValues.WINDOW);
    assertThat(value("input_distinct_values", "late_share")).isCloseTo(2, within(0.01));
    now = now.plus(DistinctValues.WINDOW);
    assertThat(value("input_distinct_values", "late_share")).isZero();
  }

  /** The exact number is the oracle; 5 standard errors of 2.3 %. */
  @Test
  void manyDifferentValuesAreEstimated() {
    Random random = new Random(1);
    DistinctValues values = new DistinctValues();
    Set<Object> exact = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      Object value = i % 3 == 0 ? "v" + random.nextInt(50_000) : (Object) random.nextLong(100_000);
      exact.add(value);
      values.add(value, now.toEpochMilli());
    }
    assertThat(values.estimate(now.toEpochMilli()))
        .isCloseTo(exact.size(), within(0.115 * exact.size()));
  }

  private static Value present(double value) {
    return new Value(value, FeatureStatus.PRESENT, 0L, false);
  }

  private void predicted(Value lateShare) {
    Value[] values = {DISTANCE, present(4), HOUR, lateShare};
    metrics.predicted(values, WaitResult.ARRIVED, null);
  }

  private @Nullable Double value(String name, String input) {
    return registry.getSampleValue(
        "millrace_inference_" + name,
        new String[] {"pipeline", "input"},
        new String[] {"flights", input});
  }

  private @Nullable Double value(String name, String input, String status) {
    return registry.getSampleValue(
        "millrace_inference_" + name,
        new String[] {"pipeline", "input", "status"},
        new String[] {"flights", input, status});
  }
}
