package dev.millrace.schemas.codec;

import static dev.millrace.schemas.codec.PaymentRecords.SCHEMA;
import static dev.millrace.schemas.codec.PaymentRecords.TOPIC;
import static dev.millrace.schemas.codec.PaymentRecords.code;
import static dev.millrace.schemas.codec.PaymentRecords.header;
import static dev.millrace.schemas.codec.PaymentRecords.payment;
import static dev.millrace.schemas.codec.PaymentRecords.record;
import static dev.millrace.schemas.codec.PaymentRecords.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AvroDecoderTest {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final AvroEncoder encoder = AvroEncoder.forTopic(registry, TOPIC, SCHEMA);
  private final AvroDecoder decoder = new AvroDecoder(registry, TOPIC, SCHEMA);

  @Test
  void readsWhatTheEncoderWrote() {
    GenericRecord record = record(decoder.decode(encoder.encode(payment("p1", 12.5))));
    assertThat(record.get("id")).isEqualTo("p1");
    assertThat(record.get("amount")).isEqualTo(12.5);
    assertThat(record.get("channel").toString()).isEqualTo("WEB");
  }

  @Test
  void distinguishesFaultsOfTheHeader() {
    assertRejected(null, RejectionCode.NULL_VALUE);
    for (int length = 0; length < 5; length++) {
      assertRejected(new byte[length], RejectionCode.TRUNCATED_HEADER);
    }
    assertRejected(new byte[] {1, 0, 0, 0, 1, 2}, RejectionCode.BAD_MAGIC);
    assertRejected(new byte[] {'{', '"', 'i', 'd', '"', ':'}, RejectionCode.BAD_MAGIC);
  }

  @Test
  void distinguishesFaultsOfTheId() {
    assertRejected(header(4_711), RejectionCode.SCHEMA_UNKNOWN);
    assertRejected(
        header(registry.register("other-value", schema("\"string\""))),
        RejectionCode.SUBJECT_MISMATCH);
    assertRejected(
        header(registry.register("payments-value", "JSON", "{}")), RejectionCode.WRONG_FORMAT);
    assertRejected(
        header(registry.register("payments-value", "PROTOBUF", "")), RejectionCode.WRONG_FORMAT);
  }

  @Test
  void doesNotLookUpAnUnknownIdAgainAtOnce() {
    AtomicLong nanos = new AtomicLong();
    AvroDecoder asking = new AvroDecoder(registry, TOPIC, SCHEMA, nanos::get);
    assertThat(asking.decode(header(2))).isInstanceOf(Rejected.class);
    int id = registry.register("payments-value", schema("\"string\""));
    assertThat(id).isEqualTo(2);
    assertThat(asking.decode(header(2)))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.code()).isEqualTo(RejectionCode.SCHEMA_UNKNOWN));
  }

  @Test
  void distinguishesFaultsOfTheBody() {
    byte[] good = encoder.encode(payment("p1", 12.5));
    for (int length = 5; length < good.length; length++) {
      assertRejected(Arrays.copyOf(good, length), RejectionCode.DECODE);
    }
    assertRejected(Arrays.copyOf(good, good.length + 1), RejectionCode.TRAILING_BYTES);
  }

  @Test
  void readsOlderAndNewerCompatibleWriters() {
    Schema older =
        schema(
            """
            {"type":"record","name":"Payment","fields":[
              {"name":"id","type":"string"},{"name":"amount","type":"float"}]}
            """);
    Schema newer =
        schema(
            """
            {"type":"record","name":"Payment","fields":[
              {"name":"note","type":["null","string"]},
              {"name":"id","type":"string"},{"name":"amount","type":"double"},
              {"name":"tags","type":{"type":"array","items":"string"}},
              {"name":"channel","type":{"type":"enum","name":"Channel","symbols":["WEB","SHOP","KIOSK"]}}]}
            """);
    GenericRecord old = new GenericRecordBuilder(older).set("id", "p2").set("amount", 1.5f).build();
    assertThat(
            record(decoder.decode(AvroEncoder.forTopic(registry, TOPIC, older).encode(old)))
                .get("amount"))
        .isEqualTo(1.5);
    GenericRecord kiosk = new GenericData.Record(newer);
    kiosk.put("id", "p3");
    kiosk.put("amount", 2.5);
    kiosk.put("tags", List.of());
    Schema channel = newer.getField("channel").schema();
    kiosk.put("channel", new GenericData.EnumSymbol(channel, "KIOSK"));
    byte[] bytes = AvroEncoder.forTopic(registry, TOPIC, newer).encode(kiosk);
    assertThat(record(decoder.decode(bytes)).get("channel").toString())
        .as("an unknown symbol becomes the enum's default")
        .isEqualTo("SHOP");
  }

  @Test
  void rejectsAWriterThatTheReaderCannotRead() {
    Schema other =
        schema(
            """
            {"type":"record","name":"Payment","fields":[{"name":"id","type":"string"}]}
            """);
    GenericRecord record = new GenericRecordBuilder(other).set("id", "p1").build();
    assertRejected(
        AvroEncoder.forTopic(registry, TOPIC, other).encode(record), RejectionCode.DECODE);
  }

  @Test
  void anOutageDoesNotRejectRecords() {
    AvroDecoder cutOff =
        new AvroDecoder(
            new Registry() {
              @Override
              public Lookup lookup(int id) {
                throw new RegistryUnavailable("down", new IOException());
              }

              @Override
              public int register(String subject, Schema schema) {
                throw new UnsupportedOperationException();
              }

              @Override
              public void requireBackwardCompatibility(String subject) {
                throw new UnsupportedOperationException();
              }
            },
            TOPIC,
            SCHEMA);
    byte[] value = encoder.encode(payment("p1", 1));
    assertThatThrownBy(() -> cutOff.decode(value)).isInstanceOf(RegistryUnavailable.class);
  }

  @Test
  void readsAnIdThatIsRegisteredLater() {
    AtomicLong nanos = new AtomicLong();
    AvroDecoder asking = new AvroDecoder(registry, TOPIC, SCHEMA, nanos::get);
    assertThat(asking.decode(header(2))).isInstanceOf(Rejected.class);
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    Schema second =
        schema(
            """
            {"type":"record","name":"Payment","fields":[
              {"name":"id","type":"string"},{"name":"amount","type":"double"}]}
            """);
    GenericRecord late =
        new GenericRecordBuilder(second).set("id", "p2").set("amount", 2.0).build();
    assertThat(
            record(asking.decode(AvroEncoder.forTopic(registry, TOPIC, second).encode(late)))
                .get("id"))
        .isEqualTo("p2");
  }

  /** A registry that returns the answers in their order, then repeats the last one. */
  private static final class Scripted implements Registry {
    private final List<Lookup> answers;
    private int calls;

    Scripted(Lookup... answers) {
      this.answers = List.of(answers);
    }

    @Override
    public Lookup lookup(int id) {
      return answers.get(Math.min(calls++, answers.size() - 1));
    }

    @Override
    public int register(String subject, Schema schema) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requireBackwardCompatibility(String subject) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void looksUpAgainBeforeRejectingASchemaOfAnotherSubject() {
    Scripted joins =
        new Scripted(
            new Registry.Lookup.Found("AVRO", SCHEMA.toString(), Set.of("other-value")),
            new Registry.Lookup.Found(
                "AVRO", SCHEMA.toString(), Set.of("other-value", "payments-value")));
    AvroDecoder asking = new AvroDecoder(joins, TOPIC, SCHEMA);

    assertThat(record(asking.decode(encoder.encode(payment("p1", 1)))).get("id")).isEqualTo("p1");
  }

  @Property
  void anyBytesAreDecodedOrRejected(@ForAll byte[] body) {
    byte[] value = ByteBuffer.allocate(5 + body.length).put(header(1)).put(body).array();
    assertThat(decoder.decode(value)).isNotNull();
  }

  @Property
  void roundTrips(@ForAll String id, @ForAll double amount) {
    GenericRecord read = record(decoder.decode(encoder.encode(payment(id, amount))));
    // Unpaired surrogates cannot be encoded in UTF-8.
    if (java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
      assertThat(read.get("id")).isEqualTo(id);
    }
    assertThat(read.get("amount")).isEqualTo(amount);
  }

  private void assertRejected(byte @Nullable [] value, RejectionCode code) {
    assertThat(code(decoder.decode(value))).isEqualTo(code);
  }
}
