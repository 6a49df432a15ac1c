package dev.millrace.deploy.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RetrainMetricsTest {
  private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(millrace_retrain_\\w+)` \\|");

  @Test
  void everyMetricIsZeroAtTheStartAndDocumented() throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    new RetrainMetrics("shop", registry, InstantSource.system());

    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("..", "schemas", "WIRE.md"))) {
      Matcher matcher = DOCUMENTED.matcher(line);
      if (matcher.find()) {
        documented.add(matcher.group(1));
      }
    }
    Set<String> registered = new TreeSet<>();
    for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
      registered.add(family.type == Collector.Type.COUNTER ? family.name + "_total" : family.name);
      assertThat(family.samples)
          .as(family.name)
          .isNotEmpty()
          .filteredOn(sample -> !sample.name.endsWith("_created"))
          .allMatch(sample -> sample.value == 0);
    }
    assertThat(registered).isEqualTo(documented);
  }
}
