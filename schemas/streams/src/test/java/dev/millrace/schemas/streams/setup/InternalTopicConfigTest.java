package dev.millrace.schemas.streams.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class InternalTopicConfigTest {
  private static final String AFTER = "message.timestamp.after.max.ms";
  private static final String BEFORE = "message.timestamp.before.max.ms";
  private static final String ANY = String.valueOf(Long.MAX_VALUE);

  @Test
  void onlyTopicsOfTheApplicationThatStreamsMadeAreInternal() {
    Set<String> topics =
        Set.of(
            "millrace.shop.ingest-ids-changelog",
            "millrace.shop.ingest-join-repartition",
            "millrace.shop.ingest-of-somebody",
            "millrace.shop.ingest2-ids-changelog",
            "millrace.shop.orders");
    assertThat(InternalTopicConfig.internal(topics, "millrace.shop.ingest"))
        .containsExactlyInAnyOrder(
            "millrace.shop.ingest-ids-changelog", "millrace.shop.ingest-join-repartition");
  }

  @Test
  void changesOnlyTopicsOfAnEarlierVersion() {
    ConfigResource old = new ConfigResource(ConfigResource.Type.TOPIC, "old");
    ConfigResource fits = new ConfigResource(ConfigResource.Type.TOPIC, "fits");
    Map<ConfigResource, Collection<AlterConfigOp>> changes =
        InternalTopicConfig.changes(
            Map.of(
                old, config(new ConfigEntry(AFTER, "3600000"), new ConfigEntry(BEFORE, ANY)),
                fits, config(new ConfigEntry(AFTER, ANY), new ConfigEntry(BEFORE, ANY))));

    assertThat(changes).containsOnlyKeys(old);
    assertThat(
            changes.getOrDefault(old, List.of()).stream()
                .map(AlterConfigOp::configEntry)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value)))
        .isEqualTo(Map.of(AFTER, ANY));
  }

  private static Config config(ConfigEntry... entries) {
    return new Config(List.of(entries));
  }
}
