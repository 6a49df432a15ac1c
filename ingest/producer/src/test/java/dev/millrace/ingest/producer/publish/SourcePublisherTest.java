package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.producer.ShippedPayments;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePublisherTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Source source = ShippedPayments.pipeline().source("chargebacks");
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final SourcePublisher publisher =
      new EventPublisher(producer, registry, () -> NOW).source(source);

  private GenericRecord chargeback() {
    GenericRecord record = new GenericData.Record(source.schema());
    record.put("chargeback_id", "cb1");
    record.put("payment_id", "p1");
    record.put("customer_id", "c1");
    record.put("reported_at", NOW.toEpochMilli());
    return record;
  }

  @Test
  void anEventIsKeyedByTheSourcesKeyAndReadableByAnyConsumer() {
    publisher.publish(chargeback());

    ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
    assertThat(sent.topic()).isEqualTo(source.topic());
    assertThat(sent.key()).isEqualTo("c1".getBytes(UTF_8));
    AvroDecoder decoder = new AvroDecoder(registry, source.topic(), source.schema());
    assertThat(((Decoded.Value) decoder.decode(sent.value())).record().get("payment_id"))
        .hasToString("p1");
    assertThat(publisher.sent()).isEqualTo(1);
  }

  @Test
  void headersAreSentAsText() {
    publisher.publish(chargeback(), Map.of("millrace.producer", "desk", "ce_id", "7"));

    assertThat(producer.history().get(0).headers().toArray())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactlyInAnyOrder("millrace.producer=desk", "ce_id=7");
    assertThatThrownBy(() -> publisher.publish(chargeback(), Map.of("millrace.replays", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header millrace.replays is reserved");
  }

  @ParameterizedTest
  @ValueSource(strings = {"customer_id", "chargeback_id"})
  void anEventWithoutAKeyOrIdIsRejected(String field) {
    GenericRecord event = chargeback();
    event.put(field, null);
    assertRejected(event, "field " + field + " is null, but it is the ");
    event.put(field, "x".repeat(1_025));
    assertRejected(event, "field " + field + " has 1025 bytes");
    event.put(field, "x".repeat(1_024));
    publisher.publish(event);
    assertThat(producer.history()).hasSize(1);
  }

  @Test
  void anEventWithAWrongTimeIsRejected() {
    GenericRecord event = chargeback();
    event.put("reported_at", NOW.getEpochSecond());
    assertRejected(event, "check its unit");
    event.put("reported_at", NOW.toEpochMilli() * 1_000);
    assertRejected(event, "check its unit");
    event.put("reported_at", NOW.plus(source.maxAhead()).toEpochMilli() + 1);
    assertRejected(event, "ahead of the clock, but source chargebacks allows at most");
    event.put("reported_at", NOW.plus(source.maxAhead()).toEpochMilli());
    publisher.publish(event);
  }

  @Test
  void anEventThatDoesNotFitTheSchemaIsRejectedAndOthersCanBeSent() {
    GenericRecord event = chargeback();
    event.put("payment_id", null);
    assertRejected(event, "the event does not fit the schema of source chargebacks");
    event.put("payment_id", 7);
    assertRejected(event, "the event does not fit the schema of source chargebacks");
    assertRejected(
        new GenericData.Record(SchemaBuilder.record("Other").fields().endRecord()),
        "the event has the schema Other");
    publisher.publish(chargeback());
    assertThat(producer.history()).hasSize(1);
    assertThat(publisher.sent()).isEqualTo(1);
  }

  private void assertRejected(GenericRecord event, String message) {
    assertThatThrownBy(() -> publisher.publish(event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(producer.history()).isEmpty();
  }
}
