package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.producer.ShippedPayments;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.InMemoryRegistry;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SourcePublisherTest {
  private final Source source = ShippedPayments.pipeline().source("chargebacks");
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final SourcePublisher publisher = new EventPublisher(producer, registry).source(source);

  private GenericRecord chargeback() {
    GenericRecord record = new GenericData.Record(source.schema());
    record.put("chargeback_id", "cb1");
    record.put("payment_id", "p1");
    record.put("customer_id", "c1");
    record.put("reported_at", 0L);
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
  void anEventWithoutAKeyIsRejected() {
    GenericRecord event = chargeback();
    event.put("customer_id", null);

    assertThatThrownBy(() -> publisher.publish(event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field customer_id is null, but it is the key of source chargebacks");
    assertThat(producer.history()).isEmpty();
  }
}
