package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.ExpressionException;
import dev.millrace.schemas.expression.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of the file and where it stands. Each reader below answers null, or an empty list, where
 * the value is not what it reads, and has noted the mistake.
 *
 * @param path {@code features.origin.aggregates[0].windows}
 * @param line of the key, or of the item in a list; from 1
 */
record Entry(String path, int line, Node node, Mistakes mistakes) {
  void wrong(String problem, @Nullable String expected) {
    mistakes.add(line, path, problem, expected, null);
  }

  /** Notes a name that is none of the known ones. */
  void unknown(String kind, String name, Collection<String> known) {
    String problem = "unknown " + kind + " '" + name + "'";
    mistakes.add(line, path, problem, Mistakes.oneOf(known), Mistakes.nearest(name, known));
  }

  /** The text as it is written, be it a number or a word. */
  @Nullable String text(String expected) {
    if (node instanceof ScalarNode scalar && !node.getTag().equals(Tag.NULL)) {
      if (!scalar.getValue().isBlank()) {
        return scalar.getValue();
      }
    }
    wrong(node instanceof ScalarNode ? "is empty" : "is " + kind(), expected);
    return null;
  }

  /** Text that fits a pattern whole. */
  @Nullable String text(Pattern pattern, String expected) {
    String text = text(expected);
    if (text != null && !pattern.matcher(text).matches()) {
      wrong("'" + text + "' does not do", expected);
      return null;
    }
    return text;
  }

  /** A duration longer than zero. */
  @Nullable Duration positiveDuration() {
    Duration duration = duration();
    if (duration != null && duration.isZero()) {
      wrong("is zero", "more than zero");
      return null;
    }
    return duration;
  }

  @Nullable Duration duration() {
    String text = text(Durations.EXPECTED);
    Duration duration = text == null ? null : Durations.parse(text);
    if (text != null && duration == null) {
      wrong("'" + text + "' is not a duration", Durations.EXPECTED);
    }
    return duration;
  }

  /** A whole number within bounds, both included. */
  @Nullable Integer integer(int least, int most) {
    Double number = number(least, most, "a whole number");
    if (number != null && number != Math.rint(number)) {
      wrong("is no whole number", bounds(least, most, "a whole number"));
      return null;
    }
    return number == null ? null : number.intValue();
  }

  /** A number within bounds, both included. */
  @Nullable Double number(double least, double most) {
    return number(least, most, "a number");
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
      wrong("'" + text + "' is no number", expected);
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
  <E extends Enum<E>> @Nullable E constant(String kind, Class<E> type) {
    Map<String, E> constants = new TreeMap<>();
    for (E constant : type.getEnumConstants()) {
      constants.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
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
          isBlock() ? line + invalid.line() : line,
          path,
          problem + "'",
          unknown == null ? expected : Mistakes.oneOf(variables.keySet()),
          unknown == null ? null : Mistakes.nearest(unknown, variables.keySet()));
    }
    return null;
  }

  /** Whether the text begins on the line after the key. */
  private boolean isBlock() {
    return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.LITERAL;
  }

  /** The items of a list that holds one at least. */
  List<Entry> list(String expected) {
    List<Entry> items = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        String at = path + "[" + items.size() + "]";
        items.add(new Entry(at, item.getStartMark().getLine() + 1, item, mistakes));
      }
      if (items.isEmpty()) {
        wrong("is an empty list", expected);
      }
    } else {
      wrong("is " + kind(), expected);
    }
    return items;
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  /** A mapping; never null, since a mapping without keys stands in for what is none. */
  Section section() {
    if (!isMapping()) {
      wrong("is " + kind(), "keys and values");
    }
    return new Section(this);
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
