package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class IngestTopologyTest {

  /** A change of topology.txt renames state on the cluster, so that existing state is lost. */
  @Test
  void theTopologyEqualsItsDescription() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(IngestTopologyTest.class.getResourceAsStream("topology.txt"))) {
      assertThat(build(ShopPayments.withSecondSource("labels", "labels-raw")).describe().toString())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void twoSourcesOfOneTopicAreRejected() {
    assertThatThrownBy(() -> build(ShopPayments.withSecondSource("labels", ShopPayments.TOPIC)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payments and labels both read topic payments-raw");
  }

  private static Topology build(Pipeline pipeline) {
    InMemoryRegistry registry = new InMemoryRegistry();
    return IngestTopology.build(
        pipeline,
        IngestTopology.register(pipeline, registry),
        new SchemaLookups(registry),
        new FakeArrivals(),
        InstantSource.system(),
        new IngestMetrics(pipeline, new CollectorRegistry()));
  }
}
