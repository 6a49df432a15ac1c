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
 * Serves Flink's metrics on the port of the health checks.
 *
 * <p>Flink's PrometheusReporter opens a second server, on every network interface. This reporter
 * adds the same metrics to the process-wide registry, which the ops server serves.
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
    /** The field of the registry is package-private in Flink. */
    private CollectorRegistry flinkRegistry() {
      try {
        var field = AbstractPrometheusReporter.class.getDeclaredField("registry");
        field.setAccessible(true);
        return (CollectorRegistry) field.get(this);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "AbstractPrometheusReporter of this Flink version has no field named registry", e);
      }
    }
  }
}
