package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.ExpressionException;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of the file and its place. If the value does not have the form, a method that reads it
 * reports the mistake and returns null, or leaves the item out of a list or map.
 *
 * @param path {@code features.origin.aggregates[0].windows}
 * @param line of the key, or of the item in a list; from 1
 */
record YamlValue(String path, int line, Node node, Mistakes mistakes) {
  void wrong(String problem, @Nullable String expected) {
    mistakes.add(line, path, problem, expected, null);
  }

  /** Reports a name that is not a known one. */
  void unknown(String kind, String name, Collection<String> known) {
    String problem = "unknown " + kind + " '" + name + "'";
    mistakes.add(line, path, problem, Mistakes.oneOf(known), NearestName.of(name, known));
  }

  /** Reports a key that is missing in this mapping. */
  void missing(String key, String expected) {
    mistakes.add(line, path(key), "missing", expected, null);
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The text as it is written, for numbers and words. */
  @Nullable String text(String expected) {
    if (node instanceof ScalarNode scalar && !node.getTag().equals(Tag.NULL)) {
      if (!scalar.getValue().isBlank()) {
        return scalar.getValue();
      }
    }
    wrong(node instanceof ScalarNode ? "is empty" : "is " + kind(), expected);
    return null;
  }

  /** The text, if it matches the pattern of the form. */
  @Nullable String text(ValueSpec.Text form) {
    String text = text(form.expected());
    if (text != null && form.pattern() != null && !form.pattern().matcher(text).matches()) {
      wrong("'" + text + "' is not valid", form.expected());
      return null;
    }
    return text;
  }

  /** A duration; the caller has checked for the word that the form may allow in its place. */
  @Nullable Duration duration(ValueSpec.Time form) {
    String expected =
        form.word() == null ? Durations.EXPECTED : Durations.EXPECTED + ", or " + form.word();
    String text = text(expected);
    Duration duration = text == null ? null : Durations.parse(text);
    if (text != null && duration == null) {
      wrong("'" + text + "' is not a duration", expected);
    }
    if (duration != null && duration.isZero() && !form.mayBeZero()) {
      wrong("is zero", "more than zero");
      return null;
    }
    return duration;
  }

  /** A whole number within the form's bound. */
  @Nullable Integer whole(ValueSpec.Whole form) {
    String kind = "a whole number";
    Double number = number(form.least(), Integer.MAX_VALUE, kind);
    if (number != null && number != Math.rint(number)) {
      wrong("is not a whole number", bounds(form.least(), Integer.MAX_VALUE, kind));
      return null;
    }
    return number == null ? null : number.intValue();
  }

  /** A number within the form's bounds. */
  @Nullable Double decimal(ValueSpec.Decimal form) {
    return number(form.least(), form.most(), "a number");
  }

  private @Nullable Double number(double least, double most, String kind) {
    String expected = bounds(least, most, kind);
    String text = text(expected);
    if (text == null) {
      return null;
    }
    try {
      double number = Double.parseDouble(text);
      if (number >= least && number <= most) {
        return number;
      }
      wrong(text + " is out of bounds", expected);
    } catch (NumberFormatException notANumber) {
      wrong("'" + text + "' is not a number", expected);
    }
    return null;
  }

  private static String bounds(double least, double most, String kind) {
    String from = kind + " from " + plain(least);
    return most == Integer.MAX_VALUE ? from : from + " to " + plain(most);
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }

  /** A constant of an enum, written in lower case. */
  <E extends Enum<E>> @Nullable E constant(String kind, ValueSpec.Constant<E> form) {
    Map<String, E> constants = form.byName();
    String text = text("one of " + String.join(", ", constants.keySet()));
    if (text == null) {
      return null;
    }
    E constant = constants.get(text);
    if (constant == null) {
      unknown(kind, text, constants.keySet());
    }
    return constant;
  }

  /** One of the words. */
  @Nullable String word(String kind, ValueSpec.Words form) {
    String expected = form.expected();
    String text = text(expected);
    List<String> known = form.all();
    if (text == null || known.contains(text)) {
      return text;
    }
    mistakes.add(
        line, path, "unknown " + kind + " '" + text + "'", expected, NearestName.of(text, known));
    return null;
  }

  /** An expression whose result is of one of the types. */
  @Nullable Expression expression(Map<String, Type> variables, Set<Type> results, String expected) {
    String source = text(expected);
    if (source == null) {
      return null;
    }
    try {
      Expression expression = Expression.compile(source, variables);
      if (results.contains(expression.resultType())) {
        return expression;
      }
      String result = expression.resultType().name().toLowerCase(Locale.ROOT);
      wrong("the result of '" + source + "' is a " + result, expected);
    } catch (ExpressionException invalid) {
      String problem = invalid.getMessage() + " at column " + invalid.column() + " of '" + source;
      String unknown = invalid.unknown();
      mistakes.add(
          isBlockText() ? line + invalid.line() : line,
          path,
          problem + "'",
          unknown == null ? expected : Mistakes.oneOf(variables.keySet()),
          unknown == null ? null : NearestName.of(unknown, variables.keySet()));
    }
    return null;
  }

  /** Whether the text begins on the line after the key. */
  private boolean isBlockText() {
    return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.LITERAL;
  }

  /** The items of a list with at least one. */
  List<YamlValue> list(ValueSpec.ListOf form) {
    List<YamlValue> items = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        String at = path + "[" + items.size() + "]";
        items.add(new YamlValue(at, item.getStartMark().getLine() + 1, item, mistakes));
      }
      if (items.isEmpty()) {
        wrong("is an empty list", form.expected());
      }
    } else {
      wrong("is " + kind(), form.expected());
    }
    return items;
  }

  /** The items of a list, or this value as the only one. */
  List<YamlValue> oneOrSeveral(ValueSpec.TextOrList form) {
    return node instanceof SequenceNode
        ? list(new ValueSpec.ListOf(form.text(), true, form.text().expected()))
        : List.of(this);
  }

  /** true or false. */
  @Nullable Boolean truth() {
    String expected = "true or false";
    String text = text(expected);
    if (text == null || text.equals("true") || text.equals("false")) {
      return text == null ? null : Boolean.valueOf(text);
    }
    wrong("'" + text + "' is neither", expected);
    return null;
  }

  /** Whether the text is that word. */
  boolean isText(String word) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(word);
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  /** A mapping with known keys; for another value a mapping without keys, never null. */
  YamlMapping mapping(ValueSpec.Block form) {
    return new YamlMapping(this, form);
  }

  /** The keys of a mapping and their values, in the file's order. */
  Map<String, YamlValue> entries() {
    Map<String, YamlValue> entries = new LinkedHashMap<>();
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(tuple -> put(tuple, entries));
    } else {
      wrong("is " + kind(), "keys and values");
    }
    return entries;
  }

  private void put(NodeTuple tuple, Map<String, YamlValue> entries) {
    int keyLine = tuple.getKeyNode().getStartMark().getLine() + 1;
    if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
      mistakes.add(keyLine, path, "a key is not a single word", null, null);
      return;
    }
    String key = scalar.getValue();
    YamlValue value = new YamlValue(path(key), keyLine, tuple.getValueNode(), mistakes);
    YamlValue first = entries.putIfAbsent(key, value);
    if (first != null) {
      value.wrong("duplicate key, first on line " + first.line(), null);
    }
  }

  private String kind() {
    if (node.getTag().equals(Tag.NULL)) {
      return "empty";
    }
    return switch (node.getNodeId()) {
      case mapping -> "a mapping";
      case sequence -> "a list";
      default -> "a single value";
    };
  }
}
