package dev.millrace.drift.job;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingTaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;

/** The metrics that an operator registers, as {@code name{label="value"}} in the labels' order. */
final class RecordedMetrics {
  private final Map<String, Gauge<?>> gauges = new TreeMap<>();
  private final Map<String, Counter> counters = new TreeMap<>();

  /** An environment whose only operator registers its metrics here. */
  MockEnvironment environment() {
    InterceptingOperatorMetricGroup operator =
        new InterceptingOperatorMetricGroup() {
          @Override
          public MetricGroup addGroup(String key, String value) {
            return new Labelled("").addGroup(key, value);
          }
        };
    return new MockEnvironmentBuilder()
        .setMetricGroup(
            new InterceptingTaskMetricGroup() {
              @Override
              public InternalOperatorMetricGroup getOrAddOperator(
                  OperatorID id, String name, Map<String, String> variables) {
                return operator;
              }
            })
        .build();
  }

  Set<String> names() {
    Set<String> names = new TreeSet<>(gauges.keySet());
    names.addAll(counters.keySet());
    return names;
  }

  double value(String metric) {
    Counter counter = counters.get(metric);
    if (counter != null) {
      return counter.getCount();
    }
    Gauge<?> gauge = gauges.get(metric);
    if (gauge == null) {
      throw new AssertionError(metric + " is not among " + names());
    }
    return ((Number) gauge.getValue()).doubleValue();
  }

  private final class Labelled extends UnregisteredMetricsGroup {
    private final String labels;

    Labelled(String labels) {
      this.labels = labels;
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return new Labelled((labels.isEmpty() ? "" : labels + ",") + key + "=\"" + value + "\"");
    }

    @Override
    public Counter counter(String name) {
      Counter counter = new SimpleCounter();
      counters.put(name + "{" + labels + "}", counter);
      return counter;
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
      gauges.put(name + "{" + labels + "}", gauge);
      return gauge;
    }
  }
}
