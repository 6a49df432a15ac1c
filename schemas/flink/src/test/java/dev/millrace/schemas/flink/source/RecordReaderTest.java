package dev.millrace.schemas.flink.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
  private static final String CLEAN = "millrace.shop.refunds";
  private static final String LATE = "millrace.shop.late";
  private static final Schema REFUND =
      SchemaBuilder.record("Refund")
          .fields()
          .requiredString("id")
          .name("at")
          .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .endRecord();

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final List<IncomingRecord> read = new ArrayList<>();
  private final Map<String, Counter> counters = new HashMap<>();
  private RecordReader reader = reader(() -> registry);
  private AvroEncoder encoder = new AvroEncoder(0, REFUND);

  @BeforeEach
  void register() {
    encoder = new AvroEncoder(registry.register(WireFormat.subject(CLEAN), REFUND), REFUND);
  }

  @Test
  void readsPositionAndTimeOfARecord() {
    read(refund(CLEAN, "a", "other", "900"));

    IncomingRecord record = read.get(0);
    assertThat(Objects.requireNonNull(record.value()).get("id")).isEqualTo("a");
    assertThat(record.progress()).isNull();
    assertThat(record.eventTimeMillis()).isEqualTo(1_234);
    assertThat(record.partition()).isEqualTo(2);
    assertThat(record.offset()).isEqualTo(7);
    assertThat(record.late()).isFalse();
  }

  @Test
  void readsProgress() throws Exception {
    Progress progress = new Progress(3, 5, 800, true, 0);
    read(progress(progress));

    IncomingRecord record = serialized(read.get(0));
    assertThat(record.progress()).isEqualTo(progress);
    assertThat(record.value()).isNull();
    assertThat(record.deadLetter()).isNull();
    assertThat(serialized(IncomingRecord.of(progress, 2, 7))).isEqualTo(record);
  }

  /** Only ingest writes progress records; another record without a value is a mistake. */
  @Test
  void writesADeadLetterForARecordWithAProgressThatIsNotValid() {
    ConsumerRecord<byte[], byte[]> broken = progress(new Progress(3, 5, 800, false, 0));
    WireHeaders.put(broken.headers(), WireHeaders.ARRIVAL, 5);
    read(broken);

    assertThat(headers(letter(read.get(0)))).contains("millrace.error.code=NULL_VALUE");
  }

  @Test
  void readsOnlyLateEventsOfTheSource() {
    reader = reader(late(), () -> registry);
    read(refund(LATE, "a", WireHeaders.SOURCE, "refunds"));
    read(refund(LATE, "b", WireHeaders.SOURCE, "orders"));

    assertThat(read).hasSize(1);
    assertThat(Objects.requireNonNull(read.get(0).value()).get("id")).isEqualTo("a");
    assertThat(read.get(0).late()).isTrue();
  }

  @Test
  void ignoresALateEventWithoutASourceName() {
    reader = reader(late(), () -> registry);
    ConsumerRecord<byte[], byte[]> nameless = refund(LATE, "a", "other", "900");
    nameless.headers().add(WireHeaders.SOURCE, null);
    read(nameless);

    assertThat(read).isEmpty();
  }

  @Test
  void writesADeadLetterForAnUndecodableRecordAndReadsTheNextOne() throws Exception {
    ConsumerRecord<byte[], byte[]> broken = record(CLEAN, "a", "other", "900", new byte[] {1, 2});
    read(broken);
    read(refund(CLEAN, "b", "other", "900"));

    assertThat(read).hasSize(2);
    assertThat(read.get(0).value()).isNull();
    DeadLetterRecord letter = letter(serialized(read.get(0)));
    assertThat(letter.key()).isEqualTo(broken.key());
    assertThat(letter.value()).isEqualTo(broken.value());
    assertThat(letter.timestampMillis()).isEqualTo(1_000);
    assertThat(headers(letter))
        .contains(
            "other=900",
            "millrace.error.stage=drift",
            "millrace.error.code=TRUNCATED_HEADER",
            "__streams.errors.topic=" + CLEAN,
            "__streams.errors.partition=2",
            "__streams.errors.offset=7")
        .anyMatch(header -> header.startsWith("millrace.error.detail="));
    assertThat(Objects.requireNonNull(counters.get("dead_letters_total")).getCount()).isEqualTo(1);
  }

  /** A record without key and value becomes a dead letter like any other. */
  @Test
  void writesADeadLetterForARecordWithoutKeyAndValue() throws Exception {
    read(new ConsumerRecord<>(CLEAN, 0, 0, null, null));

    assertThat(headers(letter(serialized(read.get(0))))).contains("millrace.error.code=NULL_VALUE");
  }

  @Test
  void writesADeadLetterForARecordRejectedByTheCheckOfTheJob() {
    read(refund(CLEAN, "bad", "other", "900"));

    assertThat(headers(letter(read.get(0))))
        .contains("millrace.error.code=ID_MISSING", "millrace.error.detail=bad id");
  }

  @Test
  void anOutageOfTheRegistryMakesNoDeadLetter() {
    ConsumerRecord<byte[], byte[]> refund = refund(CLEAN, "a", "other", "900");
    reader = reader(Outage::new);

    assertThatThrownBy(() -> read(refund)).isInstanceOf(RegistryUnavailable.class);
    assertThat(read).isEmpty();
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    reader.deserialize(record, new ListCollector<>(read));
  }

  private RecordReader reader(RegistryFactory registries) {
    return reader(topic(CLEAN, null), registries);
  }

  private RecordReader reader(RecordTopic topic, RegistryFactory registries) {
    RecordReader opened = new RecordReader("drift", "shop", topic, registries);
    opened.open(new CountingContext(counters));
    return opened;
  }

  private static RecordTopic late() {
    return topic(LATE, "refunds");
  }

  private static RecordTopic topic(String name, @Nullable String lateSource) {
    return new RecordTopic(
        name,
        CLEAN,
        lateSource,
        REFUND,
        "at",
        refund ->
            refund.get("id").equals("bad")
                ? new Decoded.Rejected(RejectionCode.ID_MISSING, "bad id")
                : null);
  }

  private static ConsumerRecord<byte[], byte[]> progress(Progress progress) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(CLEAN, 2, 7, progress.key(2), null);
    progress.write(record.headers());
    return record;
  }

  private static IncomingRecord serialized(IncomingRecord record) throws Exception {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    TypeSerializer<IncomingRecord> serializer =
        IncomingRecord.type(REFUND).createSerializer(config);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(record, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private ConsumerRecord<byte[], byte[]> refund(
      String topic, String id, String header, String text) {
    var refund = new GenericRecordBuilder(REFUND).set("id", id).set("at", 1_234L).build();
    return record(topic, id, header, text, encoder.encode(refund));
  }

  private static ConsumerRecord<byte[], byte[]> record(
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
            key.getBytes(UTF_8),
            value,
            new RecordHeaders(),
            Optional.empty());
    record.headers().add(header, text.getBytes(UTF_8));
    return record;
  }

  private static DeadLetterRecord letter(IncomingRecord record) {
    return Objects.requireNonNull(record.deadLetter());
  }

  private static List<String> headers(DeadLetterRecord letter) {
    return letter.headers().stream()
        .map(header -> header.name() + "=" + text(header.value()))
        .toList();
  }

  private static String text(byte @Nullable [] value) {
    return value == null ? "null" : new String(value, UTF_8);
  }

  private static final class Outage implements Registry {
    @Override
    public Lookup lookup(int id) {
      throw new RegistryUnavailable("away", new IOException());
    }

    @Override
    public int register(String subject, Schema schema) {
      throw new RegistryUnavailable("away", new IOException());
    }

    @Override
    public void requireBackwardCompatibility(String subject) {}
  }
}
