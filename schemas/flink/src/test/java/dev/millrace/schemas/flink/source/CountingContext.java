package dev.millrace.schemas.flink.source;

import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** Opens a reader whose counters a test reads, by name without the labels. */
record CountingContext(Map<String, Counter> counters)
    implements DeserializationSchema.InitializationContext {

  @Override
  public MetricGroup getMetricGroup() {
    return new UnregisteredMetricsGroup() {
      @Override
      public MetricGroup addGroup(String key, String value) {
        return this;
      }

      @Override
      public Counter counter(String name) {
        return counters.computeIfAbsent(name, unknown -> new SimpleCounter());
      }
    };
  }

  @Override
  public UserCodeClassLoader getUserCodeClassLoader() {
    return SimpleUserCodeClassLoader.create(CountingContext.class.getClassLoader());
  }
}
