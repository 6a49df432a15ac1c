package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.junit.jupiter.api.Test;

class KafkaConnectorsTest {
  private static final Pipeline SHOP = Shop.pipeline();

  @Test
  void readsLabelsFromTheLateTopicToo() {
    Source refunds = SHOP.source("refunds");

    assertThat(topics(connectors().labelEvents(refunds))).containsExactly("millrace.shop.refunds");
    assertThat(topics((KafkaSource<?>) connectors().lateLabelEvents(refunds).orElseThrow()))
        .containsExactly("millrace.shop.late");
  }

  @Test
  void readsLateEventsOfTheCleanTopicFromThatTopicOnly() {
    Source refunds = SHOP.source("refunds");

    assertThat(
            connectors()
                .lateLabelEvents(
                    new Source(
                        refunds.name(),
                        refunds.topic(),
                        refunds.schema(),
                        refunds.id(),
                        refunds.key(),
                        refunds.time(),
                        refunds.lateness(),
                        LatePolicy.SCORE,
                        refunds.deduplicate(),
                        refunds.maxAhead(),
                        refunds.contract())))
        .isEmpty();
  }

  private static KafkaConnectors connectors() {
    Properties client = new Properties();
    client.setProperty("bootstrap.servers", "localhost:1");
    return new KafkaConnectors(
        SHOP, client, InMemoryRegistry::new, new WrittenSchemas(Map.of()), Duration.ofMinutes(15));
  }

  private static List<String> topics(KafkaSource<?> source) {
    return source.getLineageVertex().datasets().stream()
        .flatMap(dataset -> dataset.facets().values().stream())
        .filter(KafkaDatasetFacet.class::isInstance)
        .flatMap(facet -> ((KafkaDatasetFacet) facet).getTopicIdentifier().getTopics().stream())
        .distinct()
        .toList();
  }
}
