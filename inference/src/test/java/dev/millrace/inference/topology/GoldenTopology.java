package dev.millrace.inference.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.schemas.pipeline.Pipeline;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.util.Map;

/** The topology of a pipeline as text, kept in a file. */
final class GoldenTopology {
  private GoldenTopology() {}

  /** Checks that the topology of a pipeline is described by a file of the test's resources. */
  static void check(Pipeline pipeline, String file) throws IOException {
    TopologyInputs inputs =
        new TopologyInputs(
            pipeline,
            null,
            new Codecs(pipeline, new PaymentRecords(pipeline).registry, Map.of()),
            new InferenceMetrics(pipeline, new CollectorRegistry()),
            new EventTimes());
    String described = InferenceTopology.build(inputs).describe().toString();
    try (var golden = GoldenTopology.class.getResourceAsStream(file)) {
      assertThat(golden).as("%s is missing: %s", file, described).isNotNull();
      assertThat(described.strip()).isEqualTo(new String(golden.readAllBytes(), UTF_8).strip());
    }
  }
}
