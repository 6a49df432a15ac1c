package dev.millrace.inference.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.ArrayList;
import java.util.List;

/** Registers the metrics of inference, whose first label is the pipeline. */
record MetricFactory(CollectorRegistry registry) {
  static final String PREFIX = "millrace_inference_";

  Counter counter(String name, String help, String... labels) {
    return Counter.build(PREFIX + name, help).labelNames(withPipeline(labels)).register(registry);
  }

  Gauge gauge(String name, String help, String... labels) {
    return Gauge.build(PREFIX + name, help).labelNames(withPipeline(labels)).register(registry);
  }

  Histogram histogram(String name, String help, double[] buckets, String... labels) {
    return Histogram.build(PREFIX + name, help)
        .labelNames(withPipeline(labels))
        .buckets(buckets)
        .register(registry);
  }

  private static String[] withPipeline(String... labels) {
    List<String> all = new ArrayList<>(List.of("pipeline"));
    all.addAll(List.of(labels));
    return all.toArray(String[]::new);
  }
}
