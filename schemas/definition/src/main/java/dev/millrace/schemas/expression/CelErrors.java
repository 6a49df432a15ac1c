package dev.millrace.schemas.expression;

import dev.cel.common.CelIssue;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the error messages of CEL into those of this project. */
final class CelErrors {
  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
  private static final Pattern NO_FIELD = Pattern.compile("type '.*' does not support field .*");
  private static final Pattern NO_OVERLOAD =
      Pattern.compile("found no matching overload for '([^']*)' applied to '(.*?)' .*");

  /** The parser generator's message for text that does not fit the grammar. */
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:mismatched input|extraneous input|no viable alternative at input"
              + "|token recognition error at:) '(.*?)'.*",
          Pattern.DOTALL);

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");

  private CelErrors() {}

  /** The first of CEL's errors; the others are often its consequences. */
  static ExpressionException from(String source, List<CelIssue> issues) {
    CelIssue first = issues.get(0);
    int line = first.getSourceLocation().getLine();
    int column = first.getSourceLocation().getColumn();
    String message = first.getMessage();
    Matcher undeclared = UNDECLARED.matcher(message);
    Matcher overload = NO_OVERLOAD.matcher(message);
    Matcher syntax = SYNTAX.matcher(message);
    String unknown = null;
    if (undeclared.matches()) {
      String name = undeclared.group(1);
      unknown = nameAt(source, line, column, name);
      message =
          unknown == null ? "unknown function '" + name + "'" : "unknown name '" + unknown + "'";
    } else if (NO_FIELD.matcher(message).matches()) {
      unknown = nameAt(source, line, column, null);
      message = "unknown name" + (unknown == null ? "" : " '" + unknown + "'");
    } else if (overload.matches()) {
      message = noOverload(overload.group(1), overload.group(2));
    } else if (syntax.matches()) {
      message = unexpected(syntax.group(1));
    }
    return new ExpressionException(message, unknown, line, column + 1);
  }

  private static String unexpected(String text) {
    return text.endsWith("<EOF>") ? "the expression ends too early" : "unexpected '" + text + "'";
  }

  private static String noOverload(String function, String types) {
    String plain = types.replaceAll("wrapper\\(([^)]*)\\)", "$1").replace("google.protobuf.", "");
    plain = plain.replaceFirst("^([^(]+)\\.\\((.*)\\)$", "($1, $2)").replace(", )", ")");
    if (function.equals("_?_:_")) {
      return "both branches of ? : must have one type, here " + plain;
    }
    String operator = function.replaceAll("^[_@]+|_+$", "");
    return "'" + operator + "' does not take " + plain;
  }

  /**
   * The dotted name at a position in the text.
   *
   * @param holding text that the name must contain; null for any name
   * @return null if there is no such name, or it is a function
   */
  private static @Nullable String nameAt(
      String source, int line, int column, @Nullable String holding) {
    List<String> lines = source.lines().toList();
    if (line < 1 || line > lines.size()) {
      return null;
    }
    String text = lines.get(line - 1);
    Matcher names = NAME.matcher(text);
    while (names.find()) {
      boolean covers = names.start() <= column && column < names.end();
      if (covers && (holding == null || names.group().contains(holding))) {
        return text.startsWith("(", names.end()) ? null : names.group();
      }
    }
    return null;
  }
}
