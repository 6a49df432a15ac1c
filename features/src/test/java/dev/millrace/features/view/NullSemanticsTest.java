package dev.millrace.features.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.aggregate.Timeline;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.EventLimits;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureType;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of the README about values that do not count. */
class NullSemanticsTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Window HOUR = Window.sliding(3_600_000);

  private static final Schema EVENT =
      SchemaBuilder.record("Event")
          .fields()
          .optionalDouble("number")
          .optionalString("text")
          .optionalBoolean("truth")
          .optionalBoolean("counts")
          .endRecord();

  /** A row of the table: a cell for each kind of values that do not count, and for one value. */
  record Row(String operation, List<String> cells) {}

  static List<Row> rows() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("README.md"));
    int header =
        lines.indexOf(
            "| Operation | No event | Null input | NaN or infinite input | `where` not true | One value `v` |");
    assertThat(header).as("the header of the table in features/README.md").isPositive();
    return lines.stream()
        .skip(header + 2L)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .map(cells -> new Row(cells.get(1).replace("`", ""), cells.subList(2, 7)))
        .toList();
  }

  @Test
  void theTableHasAllOperations() throws IOException {
    assertThat(rows().stream().map(row -> operation(row.operation())).toList())
        .containsExactlyInAnyOrder(Operation.values());
  }

  private static Operation operation(String name) {
    return Stream.of(Operation.values())
        .filter(each -> name.replaceAll("[0-9]+$", "").equals(each.word()))
        .findFirst()
        .orElseThrow();
  }

  private static String argument(Operation operation, String name) {
    return operation.needsCategory() ? "v" : name.substring(operation.word().length());
  }

  private static String field(Operation operation) {
    return switch (operation.input()) {
      case ANY, SCALAR, NUMBER -> "number";
      case BOOLEAN -> "truth";
      case CATEGORY -> "text";
    };
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isTrue(Row row) {
    Operation operation = operation(row.operation());
    String argument = argument(operation, row.operation());
    String field = field(operation);
    Object value = Map.of("number", 2.0, "truth", true, "text", "v").get(field);
    ViewPlan plan = plan(operation, argument.isEmpty() ? null : argument, field);
    GenericRecord none = event(field, null, true);
    GenericRecord filtered = event(field, value, false);
    GenericRecord unknown = event(field, value, null);
    GenericRecord nan = field.equals("number") ? event(field, Double.NaN, true) : none;
    GenericRecord infinite =
        field.equals("number") ? event(field, Double.NEGATIVE_INFINITY, true) : none;

    check(row, 0, plan);
    check(row, 1, plan, none, none);
    check(row, 2, plan, nan, infinite);
    check(row, 3, plan, filtered, unknown);
    check(row, 4, plan, none, nan, event(field, value, true), filtered, infinite, unknown);
  }

  @Test
  void aLongTextDoesNotCount() {
    ViewPlan plan = plan(Operation.LAST, null, "text");
    String longest = "x".repeat(EventLimits.MAX_TEXT_CHARS);

    assertThat(plan.values(event("text", longest, true))).containsExactly(longest);
    assertThat(plan.values(event("text", longest + "x", true))).containsOnlyNulls();
  }

  private static void check(Row row, int column, ViewPlan plan, GenericRecord... events) {
    Timeline timeline = new Timeline(plan.plan());
    for (int i = 0; i < events.length; i++) {
      timeline.add(NOW, i, plan.values(events[i]), Long.MIN_VALUE);
    }
    String cell = row.cells().get(column);
    if (cell.isEmpty()) {
      return; // the operation does not accept numbers
    }
    @Nullable Object expected =
        switch (cell) {
          case "null" -> null;
          case "0" -> 0.0;
          case "1", "1 if v", "1 if true" -> 1.0;
          case "1 / length" -> 1 / 3600.0;
          case "v" -> "v";
          default -> throw new AssertionError("unknown cell " + cell);
        };
    @Nullable Object actual = timeline.features(NOW)[0];
    if (cell.equals("v") && actual instanceof Double number) {
      assertThat(number).as("%s of one value", row.operation()).isBetween(1.984, 2.016);
    } else if (actual instanceof Number number) {
      assertThat(number.doubleValue())
          .as("%s, column %d", row.operation(), column)
          .isEqualTo(expected);
    } else {
      assertThat(actual).as("%s, column %d", row.operation(), column).isEqualTo(expected);
    }
  }

  private static ViewPlan plan(Operation operation, @Nullable String argument, String field) {
    Map<String, Type> fields = Fields.types(EVENT);
    Feature feature =
        new Feature(
            "feature",
            operation,
            argument,
            Expression.compile(field, fields),
            Expression.compile("counts", fields),
            HOUR,
            FeatureType.DOUBLE);
    return new ViewPlan(
        new FeatureView(
            "view",
            "events",
            EntityKey.of("text"),
            null,
            Wait.atMost(Duration.ZERO),
            List.of(feature)),
        false);
  }

  private static GenericRecord event(
      String field, @Nullable Object value, @Nullable Boolean counts) {
    GenericRecordBuilder event = new GenericRecordBuilder(EVENT).set("counts", counts);
    return event.set(field, value).build();
  }
}
