package dev.millrace.drift.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireRecordsTest {
  private static final String CLEAN = "millrace.shop.refunds";
  private static final String LATE = "millrace.shop.late";
  private static final Schema REFUND =
      SchemaBuilder.record("Refund").fields().requiredString("id").endRecord();

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final List<Incoming> read = new ArrayList<>();
  private WireRecords records = records();
  private AvroEncoder encoder = new AvroEncoder(0, REFUND);

  @BeforeEach
  void open() {
    int id = registry.register(WireFormat.subject(CLEAN), REFUND);
    encoder = new AvroEncoder(id, REFUND);
    records = records();
    records.open(new Context());
  }

  @Test
  void aCleanEventBringsTheClockThatIngestJudgedBy() {
    read(event(CLEAN, "a", WireHeaders.EVENT_CLOCK, "900"));

    assertThat(read.get(0).eventClockMillis()).isEqualTo(900);
    assertThat(Objects.requireNonNull(read.get(0).value()).get("id")).isEqualTo("a");
  }

  @Test
  void withoutTheHeaderTheEventsOwnTimeIsTheClock() {
    read(event(CLEAN, "a", "other", "900"));

    assertThat(read.get(0).eventClockMillis()).isEqualTo(1_000);
  }

  @Test
  void aClockIsThatOfTheArrivalPartition() {
    ConsumerRecord<byte[], byte[]> refund = event(CLEAN, "a", WireHeaders.ARRIVAL, "9");
    read(refund);
    read(event(CLEAN, "b", "other", "900"));

    assertThat(read).extracting(Incoming::arrival).containsExactly(9, 2);
  }

  @Test
  void lateEventsOfTheSourceAreReadAndThoseOfOthersAreNot() {
    read(event(LATE, "a", WireHeaders.SOURCE, "refunds"));
    read(event(LATE, "b", WireHeaders.SOURCE, "orders"));

    assertThat(read).hasSize(1);
    assertThat(Objects.requireNonNull(read.get(0).value()).get("id")).isEqualTo("a");
    assertThat(read.get(0).eventClockMillis()).isEqualTo(Incoming.NO_CLOCK);
  }

  @Test
  void whatCannotBeDecodedBecomesADeadLetterOfThisStageAndReadingGoesOn() throws Exception {
    ConsumerRecord<byte[], byte[]> broken = event(CLEAN, "a", "other", "900", new byte[] {1, 2});
    read(broken);
    read(event(CLEAN, "b", "other", "900"));

    assertThat(read).hasSize(2);
    assertThat(read.get(0).value()).isNull();
    ProducerRecord<byte[], byte[]> letter =
        Objects.requireNonNull(serialized(read.get(0)).unreadable()).toRecord("dead-letters");
    assertThat(letter.key()).isEqualTo(broken.key());
    assertThat(letter.value()).isEqualTo(broken.value());
    assertThat(letter.timestamp()).isEqualTo(1_000);
    assertThat(header(letter, "other")).isEqualTo("900");
    assertThat(header(letter, "millrace.error.stage")).isEqualTo("drift");
    assertThat(header(letter, "millrace.error.code")).isEqualTo("TRUNCATED_HEADER");
    assertThat(header(letter, "millrace.error.detail")).isNotEmpty();
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(CLEAN);
    assertThat(header(letter, "__streams.errors.partition")).isEqualTo("2");
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("7");
  }

  /** Neither key nor value is a dead letter like any other. */
  @Test
  void aRecordOfNothingBecomesADeadLetter() throws Exception {
    read(new ConsumerRecord<>(CLEAN, 0, 0, null, null));

    Unreadable letter = Objects.requireNonNull(serialized(read.get(0)).unreadable());
    assertThat(header(letter.toRecord("dead-letters"), "millrace.error.code"))
        .isEqualTo("NULL_VALUE");
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    records.deserialize(
        record,
        new Collector<>() {
          @Override
          public void collect(Incoming incoming) {
            read.add(incoming);
          }

          @Override
          public void close() {}
        });
  }

  private WireRecords records() {
    return new WireRecords(() -> registry, CLEAN, REFUND, "refunds");
  }

  private static Incoming serialized(Incoming incoming) throws Exception {
    TypeSerializer<Incoming> serializer =
        Incoming.type(REFUND).createSerializer(new SerializerConfigImpl());
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(incoming, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private ConsumerRecord<byte[], byte[]> event(
      String topic, String id, String header, String text) {
    GenericRecord refund = new GenericRecordBuilder(REFUND).set("id", id).build();
    return event(topic, id, header, text, encoder.encode(refund));
  }

  private static ConsumerRecord<byte[], byte[]> event(
      String topic, String key, String header, String text, byte[] value) {
    var record =
        new ConsumerRecord<>(
            topic,
            2,
            7,
            1_000,
            TimestampType.CREATE_TIME,
            key.length(),
            value.length,
            key.getBytes(StandardCharsets.UTF_8),
            value,
            new RecordHeaders(),
            Optional.empty());
    record.headers().add(header, text.getBytes(StandardCharsets.UTF_8));
    return record;
  }

  private static String header(ProducerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return new String(Objects.requireNonNull(header, name).value(), StandardCharsets.UTF_8);
  }

  private static final class Context implements DeserializationSchema.InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(WireRecordsTest.class.getClassLoader());
    }
  }
}
