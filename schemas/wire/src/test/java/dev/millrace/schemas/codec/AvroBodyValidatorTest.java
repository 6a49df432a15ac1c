package dev.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** The work for hostile bodies, in number of checked values. */
class AvroBodyValidatorTest {
  /** Number of values allowed for an empty body, and for each byte. */
  private static final long LEAST = 10_000;

  private static final long PER_BYTE = 8;

  private static Schema listOf(String element) {
    return new Schema.Parser()
        .parse(
            """
            {"type":"record","name":"Holder","fields":[
              {"name":"all","type":{"type":"array","items":%s}}]}
            """
                .formatted(element));
  }

  /** Blocks of 8,191 elements each, in two bytes, and the end of the list. */
  private static byte[] blocks(int length) {
    byte[] body = new byte[length];
    for (int i = 0; i + 2 < length; i += 2) {
      body[i] = (byte) 0xfe;
      body[i + 1] = 0x7f;
    }
    return body;
  }

  private static long work(Schema schema, byte[] body) {
    AvroBodyValidator check = new AvroBodyValidator(body, 0, Set.of());
    assertThatThrownBy(() -> check.end(schema)).isInstanceOf(AvroRuntimeException.class);
    return check.values();
  }

  @Test
  void limitsElementsWithoutBytesByTheLengthOfTheBody() {
    for (String element :
        new String[] {
          "\"null\"",
          "{\"type\":\"record\",\"name\":\"Empty\",\"fields\":[]}",
          "{\"type\":\"fixed\",\"name\":\"Nothing\",\"size\":0}"
        }) {
      for (int length : new int[] {12_001, 120_001, 480_001}) {
        assertThat(work(listOf(element), blocks(length)))
            .isLessThanOrEqualTo(LEAST + PER_BYTE * length + 1);
      }
    }
  }

  @Test
  void limitsASchemaThatDoublesAtEachLevel() {
    StringBuilder schema = new StringBuilder("\"null\"");
    for (int level = 0; level < 30; level++) {
      String name = "L" + level;
      schema.insert(
          0,
          "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"a\",\"type\":"
              .formatted(name));
      String again = level == 0 ? "\"null\"" : "\"L" + (level - 1) + "\"";
      schema.append("},{\"name\":\"b\",\"type\":%s}]}".formatted(again));
    }
    assertThat(work(new Schema.Parser().parse(schema.toString()), new byte[0]))
        .isLessThanOrEqualTo(LEAST + 1);
  }

  @Test
  void acceptsALongListOfSmallElements() {
    Schema rows =
        listOf(
            """
            {"type":"record","name":"Row","fields":[
              {"name":"a","type":["null","int"]},
              {"name":"b","type":["null","int"]},
              {"name":"c","type":["null","int"]}]}
            """);
    int count = 300_000;
    byte[] body = new byte[3 + 3 * count + 1];
    // 300,000 as a zigzag varint; each element is three branches of null, the zeros that follow.
    body[0] = (byte) 0xc0;
    body[1] = (byte) 0xcf;
    body[2] = 0x24;
    assertThat(new AvroBodyValidator(body, 0, Set.of()).end(rows)).isEqualTo(body.length);

    byte[] numbers = new byte[3 + count + 1];
    Arrays.fill(numbers, 3, numbers.length - 1, (byte) 2);
    System.arraycopy(body, 0, numbers, 0, 3);
    assertThat(new AvroBodyValidator(numbers, 0, Set.of()).end(listOf("\"int\"")))
        .isEqualTo(numbers.length);
  }
}
