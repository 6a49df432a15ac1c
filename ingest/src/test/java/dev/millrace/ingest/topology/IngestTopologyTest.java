package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.InMemoryRegistry;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class IngestTopologyTest {

  /** A change of this file changes the names of state on the cluster: old state is forgotten. */
  @Test
  void isAsDescribed() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(IngestTopologyTest.class.getResourceAsStream("topology.txt"))) {
      assertThat(build(withSecondSource("labels-raw")).describe().toString())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void twoSourcesOfOneTopicAreRefused() {
    assertThatThrownBy(() -> build(withSecondSource(ShopPayments.TOPIC)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payments and labels both read topic payments-raw");
  }

  private static Topology build(Pipeline pipeline) {
    InMemoryRegistry registry = new InMemoryRegistry();
    return IngestTopology.build(
        pipeline,
        IngestTopology.register(pipeline, registry),
        new SchemaLookups(registry),
        InstantSource.system(),
        new IngestMetrics(pipeline.name(), new CollectorRegistry()));
  }

  private static Pipeline withSecondSource(String topic) {
    Pipeline pipeline = ShopPayments.pipeline(4, LatePolicy.TOPIC);
    Source payments = pipeline.scored();
    Map<String, Source> sources = new LinkedHashMap<>(pipeline.sources());
    sources.put(
        "labels",
        new Source(
            "labels",
            topic,
            payments.schema(),
            payments.id(),
            payments.key(),
            payments.time(),
            payments.lateness(),
            payments.late(),
            payments.deduplicate(),
            payments.maxAhead(),
            Map.of()));
    return new Pipeline(
        pipeline.name(),
        pipeline.guarantee(),
        pipeline.partitions(),
        sources,
        pipeline.score(),
        pipeline.features(),
        null,
        null,
        null,
        null);
  }
}
