package dev.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.avro.ViewVersion;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecificRecordsTest {
  @Test
  void aDecodedRecordEqualsTheOneThatWasEncoded() {
    FeatureGeneration generation =
        FeatureGeneration.newBuilder()
            .setGeneration("0badcafe")
            .setScored("orders by customer at time")
            .setCreatedAt(Instant.ofEpochMilli(1))
            .setStatus(GenerationStatus.SERVING)
            .setStatusAt(Instant.ofEpochMilli(1_700_000_000_000L))
            .setViews(
                List.of(
                    ViewVersion.newBuilder()
                        .setView("store")
                        .setVersion("12345678")
                        .setDefinition("from: orders\n")
                        .setBackfillUntil(List.of(3L, 0L))
                        .build()))
            .setLookups(List.of("store=store:store_id"))
            .setParts(Map.of("pipeline", "partitions: 4\n"))
            .build();
    InMemoryRegistry registry = new InMemoryRegistry();
    var schema = FeatureGeneration.getClassSchema();
    byte[] encoded = AvroEncoder.forTopic(registry, "topic", schema).encode(generation);

    Decoded decoded = new AvroDecoder(registry, "topic", schema).decode(encoded);

    assertThat(decoded)
        .isInstanceOfSatisfying(
            Decoded.Value.class,
            value ->
                assertThat(SpecificRecords.of(value.record(), FeatureGeneration.class))
                    .isEqualTo(generation));
  }
}
