package dev.millrace.ingest.topology;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;

/** The pipeline of these tests: payments, keyed by account. */
public final class ShopPayments {
  public static final String TOPIC = "payments-raw";
  static final String CLEAN = "millrace.shop.payments";
  public static final String REKEYED = "millrace.shop.payments.rekeyed";
  static final String LATE = "millrace.shop.late";
  static final String DEAD_LETTERS = "millrace.shop.dead-letters";
  static final Duration LATENESS = Duration.ofMinutes(5);

  /** The start of the wall clock, and the default event time. */
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
                {"name": "payment_id", "type": ["null", "string"]},
                {"name": "account", "type": ["null", "string"]},
                {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
                {"name": "amount", "type": "double"},
                {"name": "fee", "type": ["null", "double"], "default": null},
                {"name": "card", "type": ["null", "string"], "default": null, "pii": true},
                {"name": "kind", "type": {"type": "enum", "name": "Kind",
                  "symbols": ["OTHER", "SHOP", "TRANSFER"]}},
                {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []}
              ]}
              """);

  private ShopPayments() {}

  public static Pipeline pipeline(int partitions, LatePolicy late) {
    return pipeline(partitions, late, rules());
  }

  static Pipeline pipeline(int partitions, LatePolicy late, Map<String, String> rules) {
    return pipeline(partitions, late, rules, Guarantee.EXACTLY_ONCE);
  }

  static Pipeline atLeastOnce(int partitions) {
    return pipeline(partitions, LatePolicy.TOPIC, rules(), Guarantee.AT_LEAST_ONCE);
  }

  private static Pipeline pipeline(
      int partitions, LatePolicy late, Map<String, String> rules, Guarantee guarantee) {
    Map<String, Expression> contract = new LinkedHashMap<>();
    rules.forEach(
        (name, text) -> contract.put(name, Expression.compile(text, Fields.types(SCHEMA))));
    return pipeline(guarantee, partitions, source("payments", TOPIC, late, contract));
  }

  /** A pipeline with a second source, of the same schema, without rules. */
  static Pipeline withSecondSource(String name, String topic) {
    return pipeline(
        Guarantee.EXACTLY_ONCE,
        4,
        source("payments", TOPIC, LatePolicy.TOPIC, Map.of()),
        source(name, topic, LatePolicy.TOPIC, Map.of()));
  }

  private static Source source(
      String name, String topic, LatePolicy late, Map<String, Expression> contract) {
    return new Source(
        name,
        topic,
        SCHEMA,
        "payment_id",
        "account",
        "at",
        LATENESS,
        late,
        Duration.ofHours(1),
        Duration.ofHours(1),
        contract);
  }

  /** The first source is scored. */
  private static Pipeline pipeline(Guarantee guarantee, int partitions, Source... sources) {
    Map<String, Source> byName = new LinkedHashMap<>();
    for (Source source : sources) {
      byName.put(source.name(), source);
    }
    return new Pipeline(
        "shop", guarantee, partitions, byName, sources[0].name(), Map.of(), null, null, null, null);
  }

  static Map<String, String> rules() {
    Map<String, String> rules = new LinkedHashMap<>();
    rules.put("positive_amount", "amount > 0");
    rules.put("no_fortune", "amount < 1e9");
    rules.put("fee_below_amount", "!(fee >= amount)");
    rules.put("known_card", "card != '0000'");
    return rules;
  }

  static GenericRecord payment(String id) {
    return payment(id, "alice", NOON);
  }

  static GenericRecord payment(String id, String account, Instant at) {
    return new GenericRecordBuilder(SCHEMA)
        .set("payment_id", id)
        .set("account", account)
        .set("at", at.toEpochMilli())
        .set("amount", 12.5)
        .set("kind", new GenericData.EnumSymbol(SCHEMA.getField("kind").schema(), "SHOP"))
        .build();
  }

  /** The schema of a newer producer, with one more field. */
  static Schema newerSchema() {
    return new Schema.Parser()
        .parse(
            SCHEMA
                .toString()
                .replace(
                    "{\"name\":\"amount\"",
                    "{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"amount\""));
  }

  /** A payment in {@link #newerSchema}. */
  static GenericRecord newer(String id) {
    return newer(id, "alice", NOON);
  }

  static GenericRecord newer(String id, String account, Instant at) {
    Schema schema = newerSchema();
    return new GenericRecordBuilder(schema)
        .set("payment_id", id)
        .set("account", account)
        .set("at", at.toEpochMilli())
        .set("amount", 12.5)
        .set("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "SHOP"))
        .build();
  }

  static GenericRecord with(GenericRecord payment, String field, @Nullable Object value) {
    payment.put(field, value);
    return payment;
  }
}
