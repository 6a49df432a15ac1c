package dev.millrace.drift.job;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Shows the newest window of all predictions as metrics. Every one exists from the start; those of
 * a window are NaN until the first has closed, so that no rule about them holds. Slices have none,
 * since a metric for each would be many.
 */
final class ReportMetrics extends AbstractStreamOperator<DriftReport>
    implements OneInputStreamOperator<DriftReport, DriftReport> {
  private static final long serialVersionUID = 1L;
  private static final double MILLIS_PER_SECOND = 1_000;

  private final String pipeline;
  private final String version;
  private final List<String> features;

  /** By metric and the value of its last label; read by the threads of reporters. */
  private transient Map<String, Double> values = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init")
  private transient MetricGroup model;

  @SuppressWarnings("NullAway.Init")
  private transient Counter windows;

  ReportMetrics(ModelReference reference) {
    this.pipeline = reference.pipeline();
    this.version = reference.version();
    this.features = List.copyOf(reference.features());
  }

  @Override
  public void open() throws Exception {
    super.open();
    values = new ConcurrentHashMap<>();
    model = PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("model_version", version);
    windows = model.counter("windows_total");
    features.forEach(this::register);
    for (DriftState state : DriftState.values()) {
      gauge(model.addGroup("state", state.name()), "window_state", state.name(), 0);
    }
    gauge(model, "window_samples", "", Double.NaN);
    gauge(model, "window_end_timestamp_seconds", "", Double.NaN);
    gauge(model, "window_alpha", "", Double.NaN);
    gauge(model, "window_calm_windows", "", Double.NaN);
  }

  private void register(String feature) {
    MetricGroup group = model.addGroup("feature", feature);
    gauge(group, "feature_statistic", feature, Double.NaN);
    gauge(group, "feature_p_value", feature, Double.NaN);
    gauge(group, "feature_effect", feature, Double.NaN);
  }

  private void gauge(MetricGroup group, String name, String label, double first) {
    values.put(key(name, label), first);
    group.gauge(name, (Gauge<Double>) () -> values.get(key(name, label)));
  }

  private void set(String name, String label, double value) {
    values.computeIfPresent(key(name, label), (key, old) -> value);
  }

  private static String key(String name, String label) {
    return name + "/" + label;
  }

  @Override
  public void processElement(StreamRecord<DriftReport> element) {
    DriftReport report = element.getValue();
    if (report.getSlice().isEmpty()) {
      show(report);
    }
    output.collect(element);
  }

  private void show(DriftReport report) {
    windows.inc();
    for (DriftState state : DriftState.values()) {
      set("window_state", state.name(), state == report.getState() ? 1 : 0);
    }
    set("window_samples", "", (double) report.getSamples());
    double end = report.getWindowEnd().toEpochMilli() / MILLIS_PER_SECOND;
    set("window_end_timestamp_seconds", "", end);
    set("window_alpha", "", report.getAlpha());
    set("window_calm_windows", "", report.getCalmWindows());
    mostUnusual(report.getFeatures()).forEach(this::show);
  }

  private void show(String feature, FeatureDrift result) {
    set("feature_statistic", feature, result.getStatistic());
    set("feature_p_value", feature, result.getPValue());
    set("feature_effect", feature, result.getJensenShannon());
  }

  /** A feature may have several results, of tests of different causes. */
  private static Map<String, FeatureDrift> mostUnusual(List<FeatureDrift> results) {
    Map<String, FeatureDrift> byFeature = new HashMap<>();
    for (FeatureDrift result : results) {
      byFeature.merge(
          result.getFeature(),
          result,
          (one, other) -> other.getPValue() < one.getPValue() ? other : one);
    }
    return byFeature;
  }
}
