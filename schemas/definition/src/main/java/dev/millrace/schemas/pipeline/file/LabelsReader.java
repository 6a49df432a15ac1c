package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code labels}. */
final class LabelsReader {
  private static final Set<Type> LABELS = Set.of(Type.BOOLEAN, Type.LONG, Type.DOUBLE);

  private static final KeySpec<ValueSpec.Text> FROM =
      KeySpec.required("from", KnownSources.FORM, "the source of the labels");
  private static final KeySpec<ValueSpec.Text> ID =
      KeySpec.required(
          "id", SchemaFields.FORM, "the field of that source that holds the scored event's id");
  private static final KeySpec<ValueSpec.Cel> VALUE =
      KeySpec.required(
          "value",
          new ValueSpec.Cel(),
          "the label, a CEL condition or number over the fields of that source");
  private static final KeySpec<ValueSpec.Cel> OTHERWISE =
      KeySpec.optional(
          "otherwise",
          new ValueSpec.Cel(),
          "the label, a constant, of an event that has none at maturity; without it, such events have no outcome");
  private static final KeySpec<ValueSpec.Time> MATURITY =
      KeySpec.required(
          "maturity",
          ValueSpec.Time.POSITIVE,
          "event time after the event for which a prediction waits for its label");
  private static final KeySpec<ValueSpec.ListOf> SLICES =
      KeySpec.optional(
          "slices",
          new ValueSpec.ListOf(SchemaFields.FORM, true, "a list of fields of the scored source"),
          "fields of the scored source that outcomes are grouped by");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(FROM, ID, VALUE, OTHERWISE, MATURITY, SLICES);

  private LabelsReader() {}

  /**
   * Reads the labels.
   *
   * @return null if the source, the id, the label or the maturity has a mistake
   */
  static @Nullable Labels read(YamlValue self, KnownSources sources, @Nullable Source scored) {
    YamlMapping mapping = self.mapping(FORM);
    Source from = sources.find(mapping.value(FROM));
    YamlValue id = mapping.value(ID);
    YamlValue value = mapping.value(VALUE);
    YamlValue otherwise = mapping.value(OTHERWISE);
    Duration maturity = mapping.durationOrNull(MATURITY);
    YamlValue slices = mapping.value(SLICES);
    mapping.close();
    List<String> sliced = slices == null || scored == null ? List.of() : slices(slices, scored);
    if (from == null) {
      return null;
    }
    String idField = SchemaFields.field(id, from.schema(), SchemaFields.IDS);
    Expression label =
        value == null
            ? null
            : value.expression(
                Fields.types(from.schema()),
                LABELS,
                "a condition or a number over the fields of '" + from.name() + "'");
    Expression assumed = otherwise == null ? null : assumed(otherwise, label);
    return label == null || idField == null || maturity == null
        ? null
        : new Labels(from.name(), idField, label, assumed, maturity, sliced);
  }

  private static @Nullable Expression assumed(YamlValue value, @Nullable Expression label) {
    if (label == null) {
      return value.expression(Map.of(), LABELS, "a constant label");
    }
    return label.resultType() == Type.BOOLEAN
        ? value.expression(Map.of(), Set.of(Type.BOOLEAN), "true or false, as value is a condition")
        : value.expression(
            Map.of(), Set.of(Type.LONG, Type.DOUBLE), "a number, as value is a number");
  }

  private static List<String> slices(YamlValue value, Source scored) {
    List<String> slices = new ArrayList<>();
    for (YamlValue item : value.list(SLICES.form())) {
      String field = SchemaFields.field(item, scored.schema(), SchemaFields.KEYS);
      if (field != null && slices.contains(field)) {
        item.wrong("duplicate slice '" + field + "'", null);
      } else if (field != null) {
        slices.add(field);
      }
    }
    return slices;
  }
}
