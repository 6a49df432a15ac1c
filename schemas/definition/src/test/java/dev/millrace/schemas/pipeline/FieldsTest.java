package dev.millrace.schemas.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FieldsTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Event")
          .fields()
          .requiredInt("small")
          .optionalLong("large")
          .requiredFloat("single")
          .requiredDouble("precise")
          .requiredString("text")
          .requiredBoolean("flag")
          .name("kind")
          .type()
          .enumeration("Kind")
          .symbols("A", "B")
          .noDefault()
          .name("millis")
          .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .name("micros")
          .type(
              Schema.createUnion(
                  Schema.create(Schema.Type.NULL),
                  LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG))))
          .noDefault()
          .requiredBytes("raw")
          .name("many")
          .type()
          .array()
          .items()
          .stringType()
          .noDefault()
          .name("either")
          .type()
          .unionOf()
          .intType()
          .and()
          .stringType()
          .endUnion()
          .noDefault()
          .endRecord();

  @Test
  void areScalarsWithTheirTypes() {
    assertThat(Fields.types(SCHEMA))
        .containsExactly(
            entry("small", Type.LONG),
            entry("large", Type.LONG),
            entry("single", Type.DOUBLE),
            entry("precise", Type.DOUBLE),
            entry("text", Type.STRING),
            entry("flag", Type.BOOLEAN),
            entry("kind", Type.STRING),
            entry("millis", Type.TIMESTAMP),
            entry("micros", Type.TIMESTAMP));
  }

  @Test
  void haveValuesOfThoseTypes() {
    GenericData.Record event = new GenericData.Record(SCHEMA);
    event.put("small", 1);
    event.put("large", 2L);
    event.put("single", 0.5f);
    event.put("precise", 0.1);
    event.put("text", new Utf8("x"));
    event.put("flag", true);
    event.put("kind", new GenericData.EnumSymbol(SCHEMA.getField("kind").schema(), "B"));
    event.put("millis", 1_001L);
    event.put("micros", -1L);
    event.put("raw", ByteBuffer.wrap(new byte[1]));
    event.put("many", List.of("a"));
    assertThat(Fields.types(SCHEMA).keySet())
        .extracting(name -> Fields.value(event, name))
        .containsExactly(
            1L,
            2L,
            0.5,
            0.1,
            "x",
            true,
            "B",
            Instant.ofEpochMilli(1001),
            Instant.EPOCH.minusNanos(1000));
    assertThat(Fields.value(event, "raw")).isNull();
    assertThat(Fields.value(event, "many")).isNull();
    assertThat(Fields.value(event, "none")).isNull();
    event.put("large", null);
    assertThat(Fields.value(event, "large")).isNull();
  }

  @Test
  void ofAPipelineAreSerializable(@TempDir Path directory) throws Exception {
    Pipeline pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
    for (Object part :
        List.of(
            pipeline.scored(),
            pipeline.features().values().iterator().next(),
            pipeline.inputs().get(3))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(part);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        assertThat(in.readObject()).isEqualTo(part);
      }
    }
  }
}
