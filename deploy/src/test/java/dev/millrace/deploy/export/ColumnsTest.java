package dev.millrace.deploy.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema STATUS =
      SchemaBuilder.enumeration("Status").symbols("PRESENT", "NOT_FOUND");
  private static final Schema INPUT =
      SchemaBuilder.record("NumberInput")
          .fields()
          .optionalDouble("value")
          .name("status")
          .type(STATUS)
          .noDefault()
          .optionalLong("age_millis")
          .endRecord();
  private static final Schema INPUTS =
      SchemaBuilder.record("Inputs").fields().name("distance").type(INPUT).noDefault().endRecord();
  private static final Schema EVENT_REF =
      SchemaBuilder.record("EventRef")
          .fields()
          .name("event_time")
          .type(TIME)
          .noDefault()
          .endRecord();
  private static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .fields()
          .requiredString("key")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .name("inputs")
          .type(INPUTS)
          .noDefault()
          .name("row")
          .type(Schema.createUnion(Schema.create(Schema.Type.NULL), EVENT_REF))
          .noDefault()
          .optionalDouble("value")
          .name("tags")
          .type(Schema.createMap(Schema.create(Schema.Type.STRING)))
          .noDefault()
          .endRecord();

  @Test
  void nestedRecordsBecomeDottedColumns() {
    assertThat(Columns.of(OUTCOME).names())
        .containsExactly(
            "key",
            "event_time",
            "inputs.distance",
            "inputs.distance.status",
            "inputs.distance.age_millis",
            "row.event_time",
            "value",
            "tags");
  }

  @Test
  void csvDistinguishesNullFromEmptyAndQuotesSpecialCharacters() {
    var out = new StringWriter();
    var csv = Format.CSV.to(out, OUTCOME);
    csv.accept(outcome("", null, null, Map.of()));
    csv.accept(outcome("a,\"b\"", 0.1, eventRef(1_000), Map.of("x", "y")));

    assertThat(out.toString().lines().skip(1).toList())
        .containsExactly(
            "\"\",2001-01-01T00:00:00Z,,PRESENT,,,,{}",
            "\"a,\"\"b\"\"\",2001-01-01T00:00:00Z,0.1,PRESENT,,1970-01-01T00:00:01Z,,"
                + "\"{\"\"x\"\":\"\"y\"\"}\"");
  }

  @Test
  void jsonLinesKeepTheNesting() {
    var out = new StringWriter();
    Format.JSONL.to(out, OUTCOME).accept(outcome("a", 0.5, null, Map.of()));

    assertThat(out)
        .hasToString(
            "{\"key\":\"a\",\"event_time\":\"2001-01-01T00:00:00Z\",\"inputs\":{\"distance\":"
                + "{\"value\":0.5,\"status\":\"PRESENT\",\"age_millis\":null}},\"row\":null,"
                + "\"value\":null,\"tags\":{}}\n");
  }

  @Test
  void doublesAreWrittenToTheLastBit() {
    var out = new StringWriter();
    var csv = Format.CSV.to(out, OUTCOME);
    var values = List.of(0.1 + 0.2, Math.nextUp(1.0), 1e-310, -0.0, Double.MAX_VALUE);
    values.forEach(value -> csv.accept(outcome("a", value, null, Map.of())));

    assertThat(out.toString().lines().skip(1).map(line -> Double.valueOf(line.split(",", -1)[2])))
        .isEqualTo(values);
  }

  @Test
  void recordWithinItselfStaysOneColumn() {
    var node =
        SchemaBuilder.record("Node").fields().name("next").type("Node").noDefault().endRecord();
    assertThat(Columns.of(node).names()).containsExactly("next");
  }

  private static GenericRecord outcome(
      String key,
      @Nullable Double distance,
      @Nullable GenericRecord row,
      Map<String, String> tags) {
    var input = new GenericData.Record(INPUT);
    input.put("value", distance);
    input.put("status", new GenericData.EnumSymbol(STATUS, "PRESENT"));
    var inputs = new GenericData.Record(INPUTS);
    inputs.put("distance", input);
    var outcome = new GenericData.Record(OUTCOME);
    outcome.put("key", key);
    outcome.put("event_time", 978_307_200_000L);
    outcome.put("inputs", inputs);
    outcome.put("row", row);
    outcome.put("tags", tags);
    return outcome;
  }

  private static GenericRecord eventRef(long timeMillis) {
    var reference = new GenericData.Record(EVENT_REF);
    reference.put("event_time", timeMillis);
    return reference;
  }
}
