package dev.millrace.schemas.pipeline.file;

import java.util.Set;
import java.util.regex.Pattern;

/** The rules for names in the file. */
final class Names {
  /**
   * A name of the Avro specification, since it becomes a field, a namespace or a part of one. It is
   * at most 64 characters long, so that a topic of three such parts stays under Kafka's limit of
   * 249.
   */
  static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  static final String NAME_EXPECTED =
      "letters, digits and _, the first not a digit, at most 64 characters";

  /** A topic's name by org.apache.kafka.common.internals.Topic, except "." and "..". */
  static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  static final String TOPIC_EXPECTED = "a topic's name: letters, digits, ., _ and -";

  /** Sources share a prefix with these topics. */
  static final Set<String> TAKEN_BY_TOPICS =
      Set.of("late", "features", "predictions", "outcomes", "alerts");

  /** Reserved words of CEL's grammar: {@code <word>.feature} would not parse. */
  static final Set<String> TAKEN_BY_CEL =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private Names() {}

  /** Notes a key that is not a {@link #NAME}. */
  static void check(String name, YamlValue value, Set<String> taken) {
    if (!NAME.matcher(name).matches()) {
      value.wrong("the name '" + name + "' is not valid", NAME_EXPECTED);
    } else if (taken.contains(name)) {
      value.wrong("the name '" + name + "' is taken", "another name");
    }
  }
}
