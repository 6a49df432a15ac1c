package dev.millrace.drift.labels;

import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** One counter per {@link Fate}, registered with Flink. */
final class Fates {
  private final Map<Fate, Counter> counters = new EnumMap<>(Fate.class);

  Fates(MetricGroup metrics) {
    for (Fate fate : Fate.values()) {
      counters.put(fate, metrics.counter(fate.metric(), new SimpleCounter()));
    }
  }

  void count(Fate fate) {
    counter(fate).inc();
  }

  long get(Fate fate) {
    return counter(fate).getCount();
  }

  private Counter counter(Fate fate) {
    Counter counter = counters.get(fate);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + fate);
    }
    return counter;
  }
}
