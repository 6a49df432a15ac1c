package dev.millrace.drift.job;

import dev.millrace.drift.labels.JoinResult;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** One counter for each {@link JoinResult}, registered with Flink. */
final class JoinCounters {
  private final Map<JoinResult, Counter> counters = new EnumMap<>(JoinResult.class);

  JoinCounters(MetricGroup metrics) {
    for (JoinResult result : JoinResult.values()) {
      counters.put(result, metrics.counter(result.metric(), new SimpleCounter()));
    }
  }

  void count(JoinResult result) {
    counter(result).inc();
  }

  long get(JoinResult result) {
    return counter(result).getCount();
  }

  private Counter counter(JoinResult result) {
    Counter counter = counters.get(result);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + result);
    }
    return counter;
  }
}
