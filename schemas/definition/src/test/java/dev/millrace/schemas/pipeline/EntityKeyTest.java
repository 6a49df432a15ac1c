package dev.millrace.schemas.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityKeyTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Event")
          .fields()
          .optionalString("a")
          .optionalString("b")
          .optionalInt("n")
          .endRecord();

  @Test
  void theKeyOfOneFieldIsItsValue() {
    assertThat(EntityKey.of("a").of(event("x|y\\", null, null))).isEqualTo("x|y\\");
    assertThat(EntityKey.of("n").of(event(null, null, 7))).isEqualTo("7");
    assertThat(EntityKey.of("a").of(event("", null, null))).isEmpty();
  }

  @Test
  void thereIsNoKeyIfAFieldIsNull() {
    assertThat(EntityKey.of("a").of(event(null, "b", 1))).isNull();
    assertThat(EntityKey.of("a", "b").of(event("a", null, 1))).isNull();
  }

  @Test
  void differentValuesOfSeveralFieldsHaveDifferentKeys() {
    List<String> values = List.of("", "|", "\\", "x", "x|", "|x", "\\|", "|\\", "x\\", "x|y");
    Map<String, List<String>> seen = new HashMap<>();
    for (String a : values) {
      for (String b : values) {
        String key = EntityKey.of("a", "b").of(event(a, b, null));
        assertThat(seen.put(String.valueOf(key), List.of(a, b))).as("%s %s", a, b).isNull();
      }
    }
    assertThat(EntityKey.of("a", "n").of(event("x", null, 7))).isEqualTo("x|7");
  }

  private static GenericRecord event(@Nullable String a, @Nullable String b, @Nullable Integer n) {
    GenericRecord event = new GenericData.Record(SCHEMA);
    event.put("a", a);
    event.put("b", b);
    event.put("n", n);
    return event;
  }
}
