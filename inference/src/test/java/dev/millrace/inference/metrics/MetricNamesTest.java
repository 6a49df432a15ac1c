package dev.millrace.inference.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricNamesTest {
  private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(millrace_inference_\\w+)` \\|");

  @Test
  void theListOfNamesOnTheWireHasEveryMetric(@TempDir Path directory) throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    new InferenceMetrics(PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory)), registry);

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
    }
    assertThat(documented).isEqualTo(registered);
  }
}
