package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureType;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Operation;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads the {@code aggregates} of one feature view and names its features. */
final class AggregateReader {
  private static final ValueSpec.Constant<Operation> OPERATION =
      new ValueSpec.Constant<>(Operation.class);

  private static final KeySpec<ValueSpec.Text> INPUT =
      KeySpec.optional(
          "input", SchemaFields.FORM, "the field that is aggregated; only count works without it");
  private static final KeySpec<ValueSpec.ListOf> OPERATIONS =
      KeySpec.required(
          "operations",
          new ValueSpec.ListOf(OPERATION, true, "a list of operations"),
          "a list of operations");
  private static final KeySpec<ValueSpec.ListOf> WINDOWS =
      KeySpec.required(
          "windows",
          new ValueSpec.ListOf(ValueSpec.Time.POSITIVE, true, "a list of durations"),
          "a list of durations, each how far back a feature looks from the scored event");
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

  static final ValueSpec.Block FORM = ValueSpec.Block.of(INPUT, OPERATIONS, WINDOWS, WHERE, AS);

  private final Source source;
  private final @Nullable Duration ttl;
  private final List<Feature> features = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  AggregateReader(Source source, @Nullable Duration ttl) {
    this.source = source;
    this.ttl = ttl;
  }

  /** A window and its text in the file, which is the end of the feature's name. */
  private record Window(Duration length, String text) {}

  /** The features of all aggregates that were read. */
  List<Feature> features() {
    return features;
  }

  void read(YamlValue value) {
    YamlMapping mapping = value.mapping(FORM);
    YamlValue inputValue = mapping.value(INPUT);
    Schema.Field input = SchemaFields.find(inputValue, source.schema());
    if (inputValue != null && input != null && typeOf(input) == null) {
      inputValue.wrong(SchemaFields.typeOf(input), "a number, text or boolean");
    }
    YamlValue operations = mapping.value(OPERATIONS);
    YamlValue windows = mapping.value(WINDOWS);
    YamlValue where = mapping.value(WHERE);
    String prefix = mapping.text(AS);
    mapping.close();
    Expression filter =
        where == null
            ? null
            : where.expression(
                Fields.types(source.schema()),
                Set.of(Type.BOOLEAN),
                "a condition over the fields of '" + source.name() + "'");
    List<Feature> made =
        features(
            prefix, input, filter, operations(operations, inputValue, input), windows(windows));
    List<String> taken = made.stream().map(Feature::name).filter(name -> !names.add(name)).toList();
    if (!taken.isEmpty()) {
      value.wrong("duplicate feature " + String.join(", ", taken), "another name, given by as");
    }
    features.addAll(made);
  }

  private List<Feature> features(
      @Nullable String as,
      Schema.@Nullable Field input,
      @Nullable Expression filter,
      List<Operation> operations,
      List<Window> windows) {
    List<Feature> made = new ArrayList<>();
    for (Operation operation : operations) {
      String stem = stem(as, input, operation, operations.size() > 1);
      String field = input == null ? null : input.name();
      FeatureType type = type(operation, input);
      for (Window window : windows) {
        String name = stem + "_" + window.text();
        made.add(new Feature(name, operation, field, filter, window.length(), type));
      }
    }
    return made;
  }

  private static String stem(
      @Nullable String as, Schema.@Nullable Field input, Operation operation, boolean several) {
    String suffix = operation.name().toLowerCase(Locale.ROOT);
    if (as != null) {
      return several ? as + "_" + suffix : as;
    }
    return input == null ? suffix : input.name() + "_" + suffix;
  }

  private FeatureType type(Operation operation, Schema.@Nullable Field input) {
    if (operation == Operation.COUNT) {
      return FeatureType.LONG;
    }
    Type type = input == null ? null : typeOf(input);
    if (operation != Operation.LAST || type == null) {
      return FeatureType.DOUBLE;
    }
    return switch (type) {
      case BOOLEAN -> FeatureType.BOOLEAN;
      case LONG, TIMESTAMP -> FeatureType.LONG;
      case DOUBLE -> FeatureType.DOUBLE;
      case STRING -> FeatureType.STRING;
    };
  }

  private List<Operation> operations(
      @Nullable YamlValue value, @Nullable YamlValue inputValue, Schema.@Nullable Field input) {
    List<Operation> operations = new ArrayList<>();
    List<YamlValue> items = value == null ? List.of() : value.list(OPERATIONS.form());
    for (YamlValue item : items) {
      Operation operation = item.constant("operation", OPERATION);
      if (operation != null && operations.contains(operation)) {
        item.wrong("duplicate operation", null);
      } else if (operation != null) {
        operations.add(operation);
        check(operation, item, inputValue, input);
      }
    }
    return operations;
  }

  private void check(
      Operation operation,
      YamlValue value,
      @Nullable YamlValue inputValue,
      Schema.@Nullable Field input) {
    String word = operation.name().toLowerCase(Locale.ROOT);
    if (inputValue == null && operation.needsInput()) {
      value.wrong(word + " has no input", "input: a field of '" + source.name() + "'");
    }
    if (input == null) {
      return;
    }
    Type type = typeOf(input);
    if (type != null && operation.needsNumber() && !type.isNumber()) {
      value.wrong(
          word + " needs a number, and " + SchemaFields.typeOf(input), "an input that is a number");
    } else if (operation == Operation.LAST && type == Type.TIMESTAMP) {
      value.wrong(SchemaFields.typeOf(input), "an input that is a number, text or boolean");
    }
  }

  /** The field's type in expressions; null if it is not a scalar. */
  private @Nullable Type typeOf(Schema.Field field) {
    return Fields.types(source.schema()).get(field.name());
  }

  private List<Window> windows(@Nullable YamlValue value) {
    List<Window> windows = new ArrayList<>();
    List<YamlValue> items = value == null ? List.of() : value.list(WINDOWS.form());
    for (YamlValue item : items) {
      Duration length = item.duration(ValueSpec.Time.POSITIVE);
      String text = length == null ? null : item.text(Durations.EXPECTED);
      if (length == null || text == null) {
        continue;
      }
      if (ttl != null && length.compareTo(ttl) > 0) {
        item.wrong("the window is longer than the view's ttl", "a window no longer than the ttl");
      }
      Window window = new Window(length, text);
      if (windows.contains(window)) {
        item.wrong("duplicate window", null);
      } else {
        windows.add(window);
      }
    }
    return windows;
  }
}
