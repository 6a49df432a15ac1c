package dev.millrace.deploy.flink;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.flink.metrics.prometheus.AbstractPrometheusReporter;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Brings Flink's metrics to the port that also answers for the cluster's health.
 *
 * <p>Flink's own PrometheusReporter opens a server of its own, on every network interface. This one
 * shows the same metrics through the process-wide registry, which the ops server serves.
 */
public final class OpsReporterFactory implements MetricReporterFactory {

  @Override
  public MetricReporter createMetricReporter(Properties properties) {
    var reporter = new Reporter();
    var flink = reporter.flinkRegistry();
    CollectorRegistry.defaultRegistry.register(
        new Collector() {
          @Override
          public List<MetricFamilySamples> collect() {
            return Collections.list(flink.metricFamilySamples());
          }
        });
    return reporter;
  }

  private static final class Reporter extends AbstractPrometheusReporter {
    /** Flink keeps its registry to its own package. */
    private CollectorRegistry flinkRegistry() {
      try {
        var field = AbstractPrometheusReporter.class.getDeclaredField("registry");
        field.setAccessible(true);
        return (CollectorRegistry) field.get(this);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "this version of Flink's reporter has no registry field", e);
      }
    }
  }
}
