package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureType;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads the {@code aggregates} of one feature view and names its features. */
final class AggregateReader {
  private static final String SCALAR = "a number, text or boolean";

  private static final KeySpec<ValueSpec.Text> INPUT =
      KeySpec.optional(
          "input",
          ValueSpec.Text.of("a field, or an expression over fields"),
          "the values that are aggregated: a field, or a CEL expression over fields (then as is needed); without it the events are counted");
  private static final KeySpec<ValueSpec.Cel> WHERE =
      KeySpec.optional(
          "where",
          new ValueSpec.Cel(),
          "a CEL condition over the source's fields; only events for which it is true count");
  private static final KeySpec<ValueSpec.Text> AS =
      KeySpec.optional(
          "as",
          new ValueSpec.Text(Names.NAME, Names.NAME_EXPECTED),
          "begin of the features' names, in place of the input and operation");

  static final ValueSpec.Block FORM =
      new ValueSpec.Block(
          Stream.of(List.of(INPUT), OperationReader.KEYS, List.of(WindowReader.WINDOWS, WHERE, AS))
              .<KeySpec<?>>flatMap(List::stream)
              .toList());

  /**
   * What an aggregate aggregates.
   *
   * @param name the begin of the features' names; null for an expression
   * @param expression null, like the type, if it has a mistake
   * @param described it and its type, for a mistake
   */
  record Input(
      @Nullable String name,
      @Nullable Expression expression,
      @Nullable Type type,
      String described) {}

  private final Source source;
  private final Map<String, Type> fields;
  private final WindowReader windowReader;
  private final List<Feature> features = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  AggregateReader(Source source, @Nullable Duration ttl) {
    this.source = source;
    this.fields = Fields.types(source.schema());
    this.windowReader = new WindowReader(ttl);
  }

  /** The features of all aggregates that were read. */
  List<Feature> features() {
    return features;
  }

  void read(YamlValue value) {
    YamlMapping mapping = value.mapping(FORM);
    YamlValue inputValue = mapping.value(INPUT);
    Input input = inputValue == null ? null : input(inputValue);
    List<OperationReader.Chosen> operations = OperationReader.read(mapping, input, source.name());
    List<WindowReader.Named> windows = windowReader.read(mapping.value(WindowReader.WINDOWS));
    YamlValue where = mapping.value(WHERE);
    String prefix = mapping.text(AS);
    mapping.close();
    if (inputValue != null && input != null && input.name() == null && prefix == null) {
      inputValue.wrong("the expression has no name", "as: the begin of the features' names");
    }
    Expression filter =
        where == null
            ? null
            : where.expression(
                fields,
                Set.of(Type.BOOLEAN),
                "a condition over the fields of '" + source.name() + "'");
    List<Feature> made = features(prefix, input, filter, operations, windows);
    List<String> taken = made.stream().map(Feature::name).filter(name -> !names.add(name)).toList();
    if (!taken.isEmpty()) {
      value.wrong("duplicate feature " + String.join(", ", taken), "another name, given by as");
    }
    features.addAll(made);
  }

  private Input input(YamlValue value) {
    String text = value.text(INPUT.form());
    if (text == null || Names.NAME.matcher(text).matches()) {
      return field(value);
    }
    Expression expression =
        value.expression(
            fields,
            Set.of(Type.values()),
            "an expression over the fields of '" + source.name() + "'");
    Type type = expression == null ? null : expression.resultType();
    String described =
        type == null
            ? ""
            : "the result of '" + text + "' is a " + type.name().toLowerCase(Locale.ROOT);
    return new Input(null, expression, type, described);
  }

  private Input field(YamlValue value) {
    Schema.Field field = SchemaFields.find(value, source.schema());
    if (field == null) {
      return new Input("", null, null, "");
    }
    Type type = fields.get(field.name());
    if (type == null) {
      value.wrong(SchemaFields.typeOf(field), SCALAR);
      return new Input(field.name(), null, null, "");
    }
    Expression expression = Expression.compile(field.name(), fields);
    return new Input(field.name(), expression, type, SchemaFields.typeOf(field));
  }

  private static List<Feature> features(
      @Nullable String as,
      @Nullable Input input,
      @Nullable Expression filter,
      List<OperationReader.Chosen> operations,
      List<WindowReader.Named> windows) {
    boolean several = operations.stream().map(OperationReader.Chosen::value).distinct().count() > 1;
    List<Feature> made = new ArrayList<>();
    for (OperationReader.Chosen chosen : operations) {
      checkWindows(chosen, windows);
      String stem = stem(as, input, chosen, several);
      FeatureType type = type(chosen.operation().resultType(input == null ? null : input.type()));
      Expression values = input == null ? null : input.expression();
      for (WindowReader.Named window : windows) {
        made.add(
            new Feature(
                stem + "_" + window.text(),
                chosen.operation(),
                chosen.argument(),
                values,
                filter,
                window.window(),
                type));
      }
    }
    return made;
  }

  private static void checkWindows(
      OperationReader.Chosen chosen, List<WindowReader.Named> windows) {
    boolean slide =
        windows.stream().allMatch(named -> named.window().kind() == Window.Kind.SLIDING);
    if (chosen.operation().needsLength() && !slide) {
      chosen
          .value()
          .wrong(chosen.name() + " needs windows that slide", "windows that are durations");
    }
  }

  private static String stem(
      @Nullable String as, @Nullable Input input, OperationReader.Chosen chosen, boolean several) {
    String category = chosen.category() == null ? "" : "_" + chosen.category();
    if (as != null) {
      return (several ? as + "_" + chosen.name() : as) + category;
    }
    String own = chosen.name() + category;
    return input == null || input.name() == null ? own : input.name() + "_" + own;
  }

  private static FeatureType type(Type type) {
    return switch (type) {
      case BOOLEAN -> FeatureType.BOOLEAN;
      case LONG, TIMESTAMP -> FeatureType.LONG;
      case DOUBLE -> FeatureType.DOUBLE;
      case STRING -> FeatureType.STRING;
    };
  }
}
