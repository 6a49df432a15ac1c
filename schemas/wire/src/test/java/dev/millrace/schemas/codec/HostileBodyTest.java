package dev.millrace.schemas.codec;

import static dev.millrace.schemas.codec.PaymentRecords.SCHEMA;
import static dev.millrace.schemas.codec.PaymentRecords.TOPIC;
import static dev.millrace.schemas.codec.PaymentRecords.code;
import static dev.millrace.schemas.codec.PaymentRecords.header;
import static dev.millrace.schemas.codec.PaymentRecords.payment;
import static dev.millrace.schemas.codec.PaymentRecords.record;
import static dev.millrace.schemas.codec.PaymentRecords.schema;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hostile and malformed bodies, and valid ones that look like them. */
class HostileBodyTest {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final AvroEncoder encoder = AvroEncoder.forTopic(registry, TOPIC, SCHEMA);
  private final AvroDecoder decoder = new AvroDecoder(registry, TOPIC, SCHEMA);

  @Test
  void rejectsALengthBeyondTheEndBeforeAllocating() {
    // A string of 2^31 - 1 bytes is declared, four follow: it would not fit into the heap of the
    // tests.
    byte[] huge = {
      0, 0, 0, 0, 1, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 1, 2, 3
    };
    assertRejected(huge, RejectionCode.DECODE);
  }

  @Test
  void rejectsNestingThatWouldOverflowTheStack() {
    Schema list =
        schema(
            """
            {"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}
            """);
    int id = registry.register("nodes-value", list);
    byte[] deep = new byte[100_005];
    Arrays.fill(deep, (byte) 2);
    System.arraycopy(header(id), 0, deep, 0, 5);
    assertThat(code(new AvroDecoder(registry, "nodes", list).decode(deep)))
        .isEqualTo(RejectionCode.DECODE);
  }

  @Test
  void rejectsABlockOfMoreElementsThanBytes() {
    Schema nulls =
        schema(
            """
            {"type":"record","name":"Nulls","fields":[{"name":"all","type":{"type":"array","items":"null"}}]}
            """);
    int id = registry.register("nulls-value", nulls);
    byte[] many = {
      0, 0, 0, 0, (byte) id, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0
    };
    assertThat(code(new AvroDecoder(registry, "nulls", nulls).decode(many)))
        .isEqualTo(RejectionCode.DECODE);
  }

  @Test
  void rejectsMoreElementsThanBytesInAllBlocksTogether() {
    Schema nulls =
        schema(
            """
            {"type":"record","name":"Nulls","fields":[{"name":"all","type":{"type":"array","items":"null"}}]}
            """);
    int id = registry.register("nulls-value", nulls);
    ByteBuffer blocks = ByteBuffer.allocate(1_206).put(header(id));
    for (int block = 0; block < 600; block++) {
      blocks
          .put((byte) 0xce)
          .put((byte) 0x0f); // A block of 999 elements, none of which has a byte.
    }
    blocks.put((byte) 0);

    assertThat(code(new AvroDecoder(registry, "nulls", nulls).decode(blocks.array())))
        .isEqualTo(RejectionCode.DECODE);
  }

  @Test
  void readsABigArray() {
    GenericRecord big = payment("p1", 1);
    big.put("tags", Collections.nCopies(300_000, ""));

    assertThat((List<?>) record(decoder.decode(encoder.encode(big))).get("tags")).hasSize(300_000);
  }

  @Test
  void rejectsTextThatIsNotUtf8Everywhere() {
    byte[] value = encoder.encode(payment("abcd", 1));
    byte[][] malformed = {
      {(byte) 0xff, 'b', 'c', 'd'},
      {(byte) 0xfe, 'b', 'c', 'd'},
      {'a', 'b', 'c', (byte) 0xc3},
      {'a', (byte) 0xc0, (byte) 0x80, 'd'},
      {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80}
    };
    for (byte[] text : malformed) {
      byte[] malformedValue = value.clone();
      System.arraycopy(text, 0, malformedValue, 6, text.length);
      assertThat(decoder.decode(malformedValue))
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> {
                assertThat(rejected.code()).isEqualTo(RejectionCode.DECODE);
                assertThat(rejected.detail()).contains("field id", "UTF-8");
              });
    }
    byte[] tag = encoder.encode(payment("p1", 1));
    tag[tag.length - 3] = (byte) 0xff;
    assertRejected(tag, RejectionCode.DECODE);
  }

  @Test
  void readsTextOutsideAscii() {
    for (String id : List.of("\u00fc", "\u20ac", "\ud83d\ude00", "\ufffd", "a\u0000b")) {
      assertThat(record(decoder.decode(encoder.encode(payment(id, 1)))).get("id")).isEqualTo(id);
    }
  }

  @Test
  void rejectsBytesReadAsTextThatAreNotUtf8() {
    Schema bytes =
        schema(
            """
            {"type":"record","name":"Payment","fields":[
              {"name":"raw","type":"bytes"},
              {"name":"id","type":["null","bytes"]},{"name":"amount","type":"double"}]}
            """);
    AvroEncoder ofBytes = AvroEncoder.forTopic(registry, TOPIC, bytes);
    ByteBuffer binary = ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xfe});
    GenericRecord record =
        new GenericRecordBuilder(bytes)
            .set("raw", binary)
            .set("id", ByteBuffer.wrap(new byte[] {'p'}))
            .set("amount", 1.0)
            .build();
    assertThat(record(decoder.decode(ofBytes.encode(record))).get("id")).isEqualTo("p");
    record.put("id", binary);
    assertRejected(ofBytes.encode(record), RejectionCode.DECODE);
  }

  private void assertRejected(byte @Nullable [] value, RejectionCode code) {
    assertThat(code(decoder.decode(value))).isEqualTo(code);
  }
}
