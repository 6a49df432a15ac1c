package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static dev.millrace.ingest.topology.ShopPayments.with;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of invalid record values.
 *
 * @param what name of the case
 * @param code the code that the dead letter must have
 * @param detail text that its detail must contain
 * @param bytes makes the value; may register schemas
 */
record BadInput(String what, RejectionCode code, String detail, Bytes bytes) {

  /** Makes a value, with the help of an encoder for {@link ShopPayments#SCHEMA}. */
  interface Bytes {
    byte @Nullable [] make(InMemoryRegistry registry, AvroEncoder encoder);
  }

  private static final String SUBJECT = ShopPayments.TOPIC + "-value";

  @Override
  public String toString() {
    return what;
  }

  static List<BadInput> all() {
    return List.of(
        new BadInput("null value", RejectionCode.NULL_VALUE, "no value", (r, e) -> null),
        raw("no bytes", RejectionCode.TRUNCATED_HEADER, "0 bytes"),
        raw("four bytes", RejectionCode.TRUNCATED_HEADER, "4 bytes", 0, 0, 0, 0),
        raw("plain JSON", RejectionCode.BAD_MAGIC, "7b22612231", '{', '"', 'a', '"', '1', '}'),
        raw("unknown schema id", RejectionCode.SCHEMA_UNKNOWN, "id 999", 0, 0, 0, 3, 231, 2),
        new BadInput(
            "another topic's schema",
            RejectionCode.SUBJECT_MISMATCH,
            "orders-value",
            (r, e) -> avro(r, "orders-value", schemaOfOrders(), payment("p"))),
        new BadInput(
            "JSON schema",
            RejectionCode.WRONG_FORMAT,
            "JSON",
            (r, e) -> framed(r.register(SUBJECT, "JSON", "{}"), "{}".getBytes(UTF_8))),
        new BadInput(
            "Protobuf schema",
            RejectionCode.WRONG_FORMAT,
            "PROTOBUF",
            (r, e) -> framed(r.register(SUBJECT, "PROTOBUF", "message P {}"), new byte[] {8, 1})),
        bytes("truncated body", RejectionCode.DECODE, "", b -> Arrays.copyOf(b, b.length - 3)),
        bytes(
            "bytes left over",
            RejectionCode.TRAILING_BYTES,
            "",
            b -> Arrays.copyOf(b, b.length + 2)),
        bytes("huge declared length", RejectionCode.DECODE, "", BadInput::withHugeId),
        new BadInput("deep nesting", RejectionCode.DECODE, "nested", (r, e) -> nested(r)),
        new BadInput(
            "unknown enum symbol", RejectionCode.DECODE, "GIFT", (r, e) -> unknownSymbol(r)),
        bytes(
            "id that is not UTF-8", RejectionCode.DECODE, "payment_id", b -> withByte(b, 7, 0xff)),
        bytes(
            "another id that is not UTF-8",
            RejectionCode.DECODE,
            "UTF-8",
            b -> withByte(b, 7, 0xfe)),
        bytes("key that is not UTF-8", RejectionCode.DECODE, "account", b -> withByte(b, 10, 0xff)),
        event(
            "long id",
            RejectionCode.ID_TOO_LONG,
            "payment_id has 1025",
            "payment_id",
            "x".repeat(1_025)),
        event(
            "long id in bytes",
            RejectionCode.ID_TOO_LONG,
            "1026 bytes",
            "payment_id",
            "\u20ac".repeat(342)),
        event(
            "long key",
            RejectionCode.KEY_TOO_LONG,
            "account has 200000",
            "account",
            "x".repeat(200_000)),
        event("null key", RejectionCode.KEY_MISSING, "account", "account", null),
        event("null id", RejectionCode.ID_MISSING, "payment_id", "payment_id", null),
        event("null time", RejectionCode.TIMESTAMP_INVALID, "at", "at", null),
        event("negative time", RejectionCode.TIMESTAMP_INVALID, "before 1970", "at", -1L),
        event(
            "seconds",
            RejectionCode.TIMESTAMP_INVALID,
            "looks like seconds",
            "at",
            millis(NOON) / 1000),
        event(
            "microseconds",
            RejectionCode.TIMESTAMP_INVALID,
            "looks like microseconds",
            "at",
            millis(NOON) * 1000),
        event(
            "nanoseconds",
            RejectionCode.TIMESTAMP_INVALID,
            "looks like nanoseconds",
            "at",
            millis(NOON) * 1_000_000),
        event("largest time", RejectionCode.TIMESTAMP_INVALID, "not between", "at", Long.MAX_VALUE),
        event(
            "year 2099",
            RejectionCode.TIMESTAMP_FUTURE,
            "2099-01-01",
            "at",
            millis(Instant.parse("2099-01-01T00:00:00Z"))),
        event(
            "just too far ahead",
            RejectionCode.TIMESTAMP_FUTURE,
            "3600001ms ahead of the clock",
            "at",
            millis(NOON.plus(Duration.ofHours(1)).plusMillis(1))),
        event(
            "rule",
            RejectionCode.CONTRACT,
            "positive_amount (amount > 0) is broken: amount = -1.0",
            "amount",
            -1.0),
        event(
            "NaN",
            RejectionCode.CONTRACT,
            "positive_amount (amount > 0) is broken: amount = NaN",
            "amount",
            Double.NaN),
        event("infinite", RejectionCode.CONTRACT, "no_fortune", "amount", Double.POSITIVE_INFINITY),
        event(
            "minus infinite",
            RejectionCode.CONTRACT,
            "positive",
            "amount",
            Double.NEGATIVE_INFINITY),
        event("NaN in a negated rule", RejectionCode.CONTRACT, "fee = NaN", "fee", Double.NaN),
        event(
            "private field",
            RejectionCode.CONTRACT,
            "known_card (card != '0000') is broken: card = ***",
            "card",
            "0000"));
  }

  private static long millis(Instant time) {
    return time.toEpochMilli();
  }

  private static BadInput raw(String what, RejectionCode code, String detail, int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      value[i] = (byte) bytes[i];
    }
    return new BadInput(what, code, detail, (registry, encoder) -> value);
  }

  private static BadInput bytes(
      String what,
      RejectionCode code,
      String detail,
      java.util.function.UnaryOperator<byte[]> change) {
    return new BadInput(
        what, code, detail, (registry, encoder) -> change.apply(encoder.encode(payment("p"))));
  }

  private static BadInput event(
      String what, RejectionCode code, String detail, String field, @Nullable Object value) {
    return new BadInput(
        what,
        code,
        detail,
        (registry, encoder) -> encoder.encode(with(payment("p"), field, value)));
  }

  private static byte[] framed(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }

  private static byte[] avro(
      InMemoryRegistry registry, String subject, Schema schema, GenericRecord record) {
    return new AvroEncoder(registry.register(subject, schema), schema).encode(record);
  }

  /** A schema with the same fields and another enum symbol. */
  private static Schema schemaOfOrders() {
    return new Schema.Parser().parse(ShopPayments.SCHEMA.toString().replace("TRANSFER", "ORDER"));
  }

  private static byte[] withByte(byte[] value, int at, int other) {
    byte[] changed = value.clone();
    changed[at] = (byte) other;
    return changed;
  }

  /** The declared length of the id is two gigabytes. */
  private static byte[] withHugeId(byte[] value) {
    byte[] changed = Arrays.copyOf(value, 16);
    Arrays.fill(changed, 6, 10, (byte) 0xff);
    changed[10] = 0x0f;
    return changed;
  }

  private static byte[] nested(InMemoryRegistry registry) {
    Schema list =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
                  {"name": "next", "type": ["null", "Payment"]}]}
                """);
    byte[] deep = new byte[100_000];
    Arrays.fill(deep, (byte) 2);
    return framed(registry.register(SUBJECT, list), deep);
  }

  private static byte[] unknownSymbol(InMemoryRegistry registry) {
    Schema newer =
        new Schema.Parser()
            .parse(ShopPayments.SCHEMA.toString().replace("\"TRANSFER\"", "\"TRANSFER\",\"GIFT\""));
    GenericRecord gift =
        new GenericRecordBuilder(newer)
            .set("payment_id", "p")
            .set("account", "alice")
            .set("at", NOON.toEpochMilli())
            .set("amount", 1.0)
            .set("kind", new GenericData.EnumSymbol(newer.getField("kind").schema(), "GIFT"))
            .build();
    return avro(registry, SUBJECT, newer, gift);
  }
}
