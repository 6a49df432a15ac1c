package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureTopicsTest {
  private static final String SEVEN_DAYS = "604800000";

  private final Path dir;

  FeatureTopicsTest(@TempDir Path dir) {
    this.dir = dir;
  }

  private Map<String, String> config(String topic) throws IOException {
    return topic("millrace.shop." + topic).config();
  }

  private Topics.Topic topic(String name) throws IOException {
    return Topics.of(pipeline()).stream()
        .filter(topic -> topic.name().matches(Pattern.quote(name) + "(\\.[0-9a-f]{8})?"))
        .findFirst()
        .orElseThrow();
  }

  /** A view with the key of the scored source, one with another key, one of another source. */
  private Pipeline pipeline() throws IOException {
    Files.writeString(
        dir.resolve("order.avsc"),
        """
        {"type": "record", "name": "Order", "fields": [
          {"name": "id", "type": "string"}, {"name": "customer", "type": "string"},
          {"name": "item", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
        """);
    return PipelineFile.load(
        Files.writeString(
            dir.resolve("shop.yaml"),
            """
            name: shop
            sources:
              orders: {topic: orders, schema: order.avsc, id: id, key: customer, time: at}
              returns: {topic: returns, schema: order.avsc, id: id, key: customer, time: at}
            score: orders
            features:
              customer: {from: orders, entity: customer, aggregates: [{operations: [count], windows: [1h]}]}
              item: {from: orders, entity: item, aggregates: [{operations: [count], windows: [1h]}]}
              returned: {from: returns, entity: customer, aggregates: [{operations: [count], windows: [1h]}]}
            """));
  }

  @Test
  void vectorsAndRowsHaveTheTimestampOfWriting() throws IOException {
    for (String topic :
        List.of("vectors", "features.customer", "features.item", "features.returned")) {
      assertThat(config(topic)).containsEntry("message.timestamp.type", "LogAppendTime");
    }
  }

  /** Events wait for them. */
  @Test
  void vectorsAreNotCompacted() throws IOException {
    assertThat(config("vectors"))
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", SEVEN_DAYS);
  }

  @Test
  void rowsAreCompacted() throws IOException {
    for (String view : List.of("customer", "item", "returned")) {
      assertThat(config("features." + view))
          .containsEntry("cleanup.policy", "compact")
          .containsEntry("delete.retention.ms", SEVEN_DAYS);
    }
  }
}
