package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code features}. */
final class FeatureViewReader {
  private static final Wait WAIT = Wait.atMost(Duration.ofMillis(200));

  private final Source source;
  private final @Nullable Duration ttl;
  private final List<Feature> features = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private FeatureViewReader(Source source, @Nullable Duration ttl) {
    this.source = source;
    this.ttl = ttl;
  }

  /** A window and how it is written, which is how the feature's name ends. */
  private record Window(Duration length, String text) {}

  /**
   * Reads a view.
   *
   * @param scored null where it is not known
   * @return null where there is no source to go on with
   */
  static @Nullable FeatureView read(
      String name, Entry entry, Sources sources, @Nullable Source scored) {
    Names.check(name, entry, Names.TAKEN_BY_CEL);
    Section section = entry.section();
    Source from = sources.named(section.required("from", "a source"));
    Entry entity = section.required("entity", "the field that tells entities apart");
    Entry ttlEntry = section.optional("ttl");
    Duration ttl = ttlEntry == null ? null : ttlEntry.positiveDuration();
    Wait rowWait = rowWait(section.optional("wait"));
    Entry aggregates = section.required("aggregates", "a list of aggregates");
    section.close();
    if (from == null) {
      return null;
    }
    String entityField = Sources.field(entity, from.schema(), Sources.KEYS);
    if (entity != null && entityField != null && scored != null) {
      checkLookup(entity, entityField, scored);
    }
    FeatureViewReader reader = new FeatureViewReader(from, ttl);
    if (aggregates != null) {
      aggregates.list("a list of aggregates").forEach(reader::aggregate);
    }
    return new FeatureView(
        name, from.name(), entityField == null ? "" : entityField, ttl, rowWait, reader.features);
  }

  private static void checkLookup(Entry entity, String field, Source scored) {
    Schema.Field lookup = scored.schema().getField(field);
    if (lookup == null) {
      entity.wrong(
          "the scored source '" + scored.name() + "' has no field '" + field + "' to look rows up",
          "a field that both have");
    } else if (!Sources.KEYS.contains(Fields.withoutNull(lookup.schema()).getType())) {
      entity.wrong(
          "in the scored source '" + scored.name() + "', " + Sources.is(lookup),
          "a field that is a string, enum, int, long or boolean in both");
    }
  }

  private static Wait rowWait(@Nullable Entry entry) {
    if (entry == null) {
      return WAIT;
    }
    String text = entry.text(Durations.EXPECTED + ", or forever");
    if (text != null && text.equals("forever")) {
      return Wait.forever();
    }
    Duration bound = text == null ? null : Durations.parse(text);
    if (text != null && bound == null) {
      entry.wrong("'" + text + "' is not a duration", Durations.EXPECTED + ", or forever");
    }
    return bound == null ? WAIT : Wait.atMost(bound);
  }

  private void aggregate(Entry entry) {
    Section section = entry.section();
    Entry inputEntry = section.optional("input");
    Schema.Field input = Sources.find(inputEntry, source.schema());
    if (inputEntry != null && input != null && typeOf(input) == null) {
      inputEntry.wrong(Sources.is(input), "a number, text or boolean");
    }
    Entry operations = section.required("operations", "a list of operations");
    Entry windows = section.required("windows", "a list of durations");
    Entry where = section.optional("where");
    Entry as = section.optional("as");
    section.close();
    String prefix = as == null ? null : as.text(Names.NAME, Names.NAME_EXPECTED);
    Expression filter =
        where == null
            ? null
            : where.expression(
                Fields.types(source.schema()),
                Set.of(Type.BOOLEAN),
                "a condition over the fields of '" + source.name() + "'");
    List<Feature> made =
        features(
            prefix, input, filter, operations(operations, inputEntry, input), windows(windows));
    List<String> taken = made.stream().map(Feature::name).filter(name -> !names.add(name)).toList();
    if (!taken.isEmpty()) {
      entry.wrong(String.join(", ", taken) + ": there already", "another name, given by as");
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
      @Nullable Entry entry, @Nullable Entry inputEntry, Schema.@Nullable Field input) {
    List<Operation> operations = new ArrayList<>();
    List<Entry> items = entry == null ? List.of() : entry.list("a list of operations");
    for (Entry item : items) {
      Operation operation = item.constant("operation", Operation.class);
      if (operation != null && operations.contains(operation)) {
        item.wrong("the operation is there already", null);
      } else if (operation != null) {
        operations.add(operation);
        check(operation, item, inputEntry, input);
      }
    }
    return operations;
  }

  private void check(
      Operation operation, Entry entry, @Nullable Entry inputEntry, Schema.@Nullable Field input) {
    String word = operation.name().toLowerCase(Locale.ROOT);
    if (inputEntry == null && operation.needsInput()) {
      entry.wrong(word + " has no input", "input: a field of '" + source.name() + "'");
    }
    if (input == null) {
      return;
    }
    Type type = typeOf(input);
    if (type != null && operation.needsNumber() && !type.isNumber()) {
      entry.wrong(word + " needs a number, and " + Sources.is(input), "an input that is a number");
    } else if (operation == Operation.LAST && type == Type.TIMESTAMP) {
      entry.wrong(Sources.is(input), "an input that is a number, text or boolean");
    }
  }

  /** As expressions see the field; null where it is no scalar. */
  private @Nullable Type typeOf(Schema.Field field) {
    return Fields.types(source.schema()).get(field.name());
  }

  private List<Window> windows(@Nullable Entry entry) {
    List<Window> windows = new ArrayList<>();
    List<Entry> items = entry == null ? List.of() : entry.list("a list of durations");
    for (Entry item : items) {
      Duration length = item.positiveDuration();
      String text = length == null ? null : item.text(Durations.EXPECTED);
      if (length == null || text == null) {
        continue;
      }
      if (ttl != null && length.compareTo(ttl) > 0) {
        item.wrong("the window is longer than the view's ttl", "a window no longer than the ttl");
      }
      Window window = new Window(length, text);
      if (windows.contains(window)) {
        item.wrong("the window is there already", null);
      } else {
        windows.add(window);
      }
    }
    return windows;
  }
}
