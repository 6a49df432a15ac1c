package dev.millrace.schemas.testing;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The counters of a service at its start. A series that appears later, with its first increase, is
 * in no rate: Prometheus has no value before it.
 */
public final class CounterSeries {
  private final CollectorRegistry registry;
  private final Set<String> atStart;

  private CounterSeries(CollectorRegistry registry) {
    this.registry = registry;
    this.atStart = series(registry, List.of());
  }

  /** Remembers the series that exist now. */
  public static CounterSeries atStart(CollectorRegistry registry) {
    return new CounterSeries(registry);
  }

  /**
   * Checks that no series has appeared since the start.
   *
   * @param exceptions names of counters whose labels are not known at the start
   */
  public void assertComplete(String... exceptions) {
    Set<String> later = series(registry, List.of(exceptions));
    later.removeAll(atStart);
    if (!later.isEmpty()) {
      throw new AssertionError("counters that did not exist at the start: " + later);
    }
  }

  private static Set<String> series(CollectorRegistry registry, List<String> exceptions) {
    return Collections.list(registry.metricFamilySamples()).stream()
        .filter(family -> family.type == Collector.Type.COUNTER)
        .flatMap(family -> family.samples.stream())
        .filter(sample -> !sample.name.endsWith("_created") && !exceptions.contains(sample.name))
        .map(sample -> sample.name + sample.labelValues)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
