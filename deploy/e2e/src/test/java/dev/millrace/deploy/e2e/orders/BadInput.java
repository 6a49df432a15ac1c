package dev.millrace.deploy.e2e.orders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Invalid records of producers, byte for byte, and the expected rejection code of each. */
public final class BadInput {
  /** An id that the registry does not assign. */
  private static final int UNKNOWN_ID = 2_000_000_000;

  private static final int ID_BYTES = 5;
  private static final String CUSTOMER = "bad-customer";
  private static final byte[] KEY = CUSTOMER.getBytes(UTF_8);

  /**
   * A record for the source topic.
   *
   * @param detail texts that the detail of the dead letter must contain
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Row(
      String name,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RejectionCode code,
      String... detail) {

    /** Checks that the dead letter has the bytes of the record and the expected reason. */
    public void check(ConsumerRecord<byte[], byte[]> letter) {
      assertThat(letter.key()).isEqualTo(key);
      assertThat(letter.value()).isEqualTo(value);
      assertThat(RunningPipeline.header(letter, "shop")).isEqualTo("corner");
      assertThat(RunningPipeline.header(letter, WireHeaders.ERROR_CODE)).isEqualTo(code.name());
      assertThat(RunningPipeline.header(letter, WireHeaders.ERROR_STAGE)).isEqualTo("ingest");
      assertThat(RunningPipeline.header(letter, WireHeaders.ERROR_DETAIL)).contains(detail);
      assertThat(RunningPipeline.header(letter, "__streams.errors.message")).contains(detail);
      assertThat(RunningPipeline.header(letter, "__streams.errors.exception")).isNotEmpty();
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private final OrderWriter writer;
  private final long nowMillis;
  private int ids;

  private BadInput(OrderWriter writer, long nowMillis) {
    this.writer = writer;
    this.nowMillis = nowMillis;
  }

  /**
   * All rows.
   *
   * @param ofAnotherSubject a complete value, encoded for another topic
   * @param nowMillis event time, epoch millis
   */
  public static List<Row> rows(Shops shops, byte[] ofAnotherSubject, long nowMillis) {
    BadInput input = new BadInput(shops.current(), nowMillis);
    input.bytes();
    input.schemas(shops, ofAnotherSubject);
    input.bodies(shops);
    input.fields();
    input.times();
    return input.rows;
  }

  private void bytes() {
    add("null value", null, RejectionCode.NULL_VALUE, "no value");
    // The key of a progress record of another partition.
    rows.add(
        new Row(
            "null value, key of digits and a slash",
            "2026/11/21".getBytes(UTF_8),
            null,
            RejectionCode.NULL_VALUE,
            "no value"));
    for (int length = 0; length < ID_BYTES; length++) {
      add(length + " bytes", new byte[length], RejectionCode.TRUNCATED_HEADER, length + " bytes");
    }
    byte[] json = "{\"order_id\": \"bad\"}".getBytes(UTF_8);
    add("first byte not 0", json, RejectionCode.BAD_MAGIC, "7b226f7264");
  }

  private void schemas(Shops shops, byte[] ofAnotherSubject) {
    byte[] good = writer.write(order());
    String unknown = String.valueOf(UNKNOWN_ID);
    add("unknown schema id", withId(good, UNKNOWN_ID), RejectionCode.SCHEMA_UNKNOWN, unknown);
    add("id of another subject", ofAnotherSubject, RejectionCode.SUBJECT_MISMATCH, "orders-value");
    add("JSON schema id", withId(good, shops.jsonId()), RejectionCode.WRONG_FORMAT, "JSON");
    add(
        "Protobuf schema id",
        withId(good, shops.protobufId()),
        RejectionCode.WRONG_FORMAT,
        "PROTOBUF");
  }

  private void bodies(Shops shops) {
    byte[] good = writer.write(order());
    byte[] cut = Arrays.copyOf(good, good.length - 3);
    add("truncated Avro", cut, RejectionCode.DECODE, "ends in the middle");
    byte[] more = Arrays.copyOf(good, good.length + 2);
    add("bytes left over", more, RejectionCode.TRAILING_BYTES, good.length + " of " + more.length);
    // The id of the order is the first field: its length, a zigzag varint of ten bytes, is 2^62.
    byte[] huge = Arrays.copyOf(good, ID_BYTES + 20);
    Arrays.fill(huge, ID_BYTES, ID_BYTES + 9, (byte) 0x80);
    huge[ID_BYTES + 9] = 1;
    add("huge declared length", huge, RejectionCode.DECODE, "length");
    add("deep nesting", nested(shops.gifts(), 10_000), RejectionCode.DECODE, "nested");
    byte[] text = good.clone();
    text[ID_BYTES + 1] = (byte) 0xff;
    add("id that is not UTF-8", text, RejectionCode.DECODE, "order_id", "UTF-8");
    byte[] pounds = shops.wider().write(order().withCurrency("GBP"));
    add("unknown enum symbol without default", pounds, RejectionCode.DECODE, "GBP");
  }

  private void fields() {
    byte[] nobody = writer.write(order().withCustomer(null));
    rows.add(
        new Row(
            "null key, key field null", null, nobody, RejectionCode.KEY_MISSING, "customer_id"));
    add("key field null", nobody, RejectionCode.KEY_MISSING, "customer_id");
    String longText = "x".repeat(200_000);
    byte[] longId = writer.write(order().withId(longText));
    add("long id", longId, RejectionCode.ID_TOO_LONG, "order_id has 200000 bytes");
    byte[] longKey = writer.write(order().withCustomer(longText));
    add("long key", longKey, RejectionCode.KEY_TOO_LONG, "customer_id has 200000 bytes");
    String rule = "sane_amount";
    RejectionCode broken = RejectionCode.CONTRACT;
    add("contract rule broken", amount(-5), broken, rule, "amount = -5.0");
    add("NaN", amount(Double.NaN), broken, rule, "amount = NaN");
    add("infinite", amount(Double.POSITIVE_INFINITY), broken, rule, "amount = Infinity");
  }

  private void times() {
    long wallMillis = System.currentTimeMillis();
    long aheadMillis = wallMillis + TimeUnit.HOURS.toMillis(2);
    add("two hours ahead", at(aheadMillis), RejectionCode.TIMESTAMP_FUTURE, "placed_at");
    add("year 2099", at(4_070_908_800_000L), RejectionCode.TIMESTAMP_FUTURE, "2099-01-01");
    add("negative time", at(-1), RejectionCode.TIMESTAMP_INVALID, "before 1970");
    add("seconds", at(nowMillis / 1000), RejectionCode.TIMESTAMP_INVALID, "seconds");
    add("microseconds", at(nowMillis * 1000), RejectionCode.TIMESTAMP_INVALID, "microseconds");
  }

  private void add(String name, byte @Nullable [] value, RejectionCode code, String... detail) {
    rows.add(new Row(name, KEY, value, code, detail));
  }

  private ShopOrder order() {
    return ShopOrder.of("bad-" + ids++, CUSTOMER, nowMillis);
  }

  private byte[] amount(double amount) {
    return writer.write(order().withAmount(amount));
  }

  private byte[] at(long placedAtMillis) {
    return writer.write(order().withPlacedAt(placedAtMillis));
  }

  private static byte[] withId(byte[] value, int schemaId) {
    byte[] other = value.clone();
    ByteBuffer.wrap(other).putInt(1, schemaId);
    return other;
  }

  /** An order with nested gifts. The bytes are made here, since Avro's writer recurses. */
  private byte[] nested(OrderWriter gifts, int depth) {
    byte[] flat = gifts.write(order());
    // Branch 0 of the union (null) ends the order; branch 1, in zigzag 2, is followed by a gift.
    byte[] deep = Arrays.copyOf(flat, flat.length + depth);
    Arrays.fill(deep, flat.length - 1, deep.length - 1, (byte) 2);
    return deep;
  }
}
