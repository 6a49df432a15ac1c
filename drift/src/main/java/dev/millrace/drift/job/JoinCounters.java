package dev.millrace.drift.job;

import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** One counter per {@link JoinResult}, registered with Flink. */
final class JoinCounters {
  private final Map<JoinResult, Counter> counters = new EnumMap<>(JoinResult.class);

  JoinCounters(MetricGroup metrics) {
    for (JoinResult fate : JoinResult.values()) {
      counters.put(fate, metrics.counter(fate.metric(), new SimpleCounter()));
    }
  }

  void count(JoinResult fate) {
    counter(fate).inc();
  }

  long get(JoinResult fate) {
    return counter(fate).getCount();
  }

  private Counter counter(JoinResult fate) {
    Counter counter = counters.get(fate);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + fate);
    }
    return counter;
  }
}
