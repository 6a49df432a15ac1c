package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static dev.millrace.ingest.topology.ShopPayments.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.LatePolicy;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unusual events that are valid. */
class AcceptedSchemasTest {

  /** The schemas lack the optional fields and have an unknown field. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"\"symbols\": [\"SHOP\"]", "\"symbols\": [\"SHOP\", \"GIFT\"]"})
  void eventsOfOlderAndNewerSchemasAreAccepted(String symbols) {
    Schema writer =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
                  {"name": "payment_id", "type": "string"},
                  {"name": "new_field", "type": "int"},
                  {"name": "account", "type": "string"},
                  {"name": "amount", "type": "float"},
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                  {"name": "kind", "type": {"type": "enum", "name": "Kind", %s}}]}
                """
                    .formatted(symbols));
    GenericRecord event =
        new GenericRecordBuilder(writer)
            .set("payment_id", "p")
            .set("new_field", 7)
            .set("account", "alice")
            .set("amount", 1.5f)
            .set("at", NOON.toEpochMilli())
            .set(
                "kind",
                new org.apache.avro.generic.GenericData.EnumSymbol(
                    writer.getField("kind").schema(), "SHOP"))
            .build();
    try (IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC))) {
      int id = ingest.registry.register(ShopPayments.TOPIC + "-value", writer);
      ingest.send(new AvroEncoder(id, writer).encode(event));

      GenericRecord clean = ingest.event(ingest.read(ShopPayments.CLEAN).get(0));
      assertThat(clean.get("amount")).isEqualTo(1.5);
      assertThat(clean.get("fee")).isNull();
      assertThat(clean.get("kind")).hasToString("SHOP");
    }
  }

  @Test
  void rulesAcceptNullUnlessTheyTestForIt() {
    Map<String, String> rules = Map.of("small_fee", "fee < 1.0");
    try (IngestHarness ingest =
        new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC, rules))) {
      ingest.send(with(payment("without"), "fee", null));
      ingest.send(with(payment("small"), "fee", 0.5));
      ingest.send(with(payment("large"), "fee", 1.5));

      assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("without", "small");
    }
    Map<String, String> strict = Map.of("has_fee", "fee != null");
    try (IngestHarness ingest =
        new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC, strict))) {
      ingest.send(with(payment("without"), "fee", null));
      ingest.send(with(payment("small"), "fee", 0.5));

      assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("small");
    }
  }

  @Test
  void anEventAtTheLimitOfMaxAheadIsAccepted() {
    try (IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC))) {
      ingest.send(payment("ahead", "alice", NOON.plus(java.time.Duration.ofHours(1))));

      assertThat(ingest.ids(ShopPayments.CLEAN)).containsExactly("ahead");
    }
  }
}
