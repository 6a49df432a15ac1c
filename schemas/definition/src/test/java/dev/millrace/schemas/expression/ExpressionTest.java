package dev.millrace.schemas.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  static final Map<String, Type> VARIABLES =
      Map.of(
          "n", Type.LONG,
          "m", Type.LONG,
          "d", Type.DOUBLE,
          "e", Type.DOUBLE,
          "s", Type.STRING,
          "b", Type.BOOLEAN,
          "t", Type.TIMESTAMP,
          "type", Type.STRING,
          "origin", Type.STRING,
          "origin.late_3h", Type.DOUBLE);

  /** A Monday. */
  private static final Map<String, Object> VALUES =
      Map.of(
          "n",
          7L,
          "m",
          0L,
          "d",
          2.5,
          "e",
          0.0,
          "s",
          "x",
          "b",
          true,
          "t",
          Instant.parse("2024-01-01T13:14:15.016Z"),
          "type",
          "card",
          "origin",
          "SFO",
          "origin.late_3h",
          7.0);

  private static Expression compile(String source) {
    return Expression.compile(source, VARIABLES);
  }

  private static @Nullable Object evaluate(String source) {
    return compile(source).evaluate(VALUES);
  }

  private static @Nullable Object without(String variable, String source) {
    Map<String, Object> values = new HashMap<>(VALUES);
    values.remove(variable);
    return compile(source).evaluate(values);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n > 0",
        "n > 6.5",
        "d > 0",
        "d < n",
        "n == 7.0",
        "7.0 == n",
        "n != d",
        "d * 2 == 5",
        "n / 2 == 3",
        "n / 2.0 == 3.5",
        "1 + d - 1 == d",
        "n % 2 == 1",
        "origin == 'SFO'",
        "origin.late_3h == n",
        "origin.late_3h / 2 == 3.5",
        "type == 'card' && b",
        "s in ['x', 'y']",
        "s.startsWith('x') || size(s) > 3",
        "s.matches('[a-z]+')",
        "[1, 2, 7].exists(each, each == n)",
        "b ? d > 1 : d < 1",
        "has(d) && has(origin.late_3h)",
        "t > timestamp('2023-12-31T00:00:00Z')",
        "t - timestamp('2024-01-01T13:14:15Z') < duration('1s')",
        "getFullYear(t) == 2024 && t.getFullYear() == 2024",
        "getMonth(t) == 0 && getDate(t) == 1 && getDayOfMonth(t) == 0 && getDayOfYear(t) == 0",
        "getDayOfWeek(t) == 1",
        "getHours(t) == 13 && getMinutes(t) == 14 && getSeconds(t) == 15",
        "getMilliseconds(t) == 16",
        "getHours(t, 'America/New_York') == 8 && t.getHours('America/New_York') == 8",
      })
  void isTrue(String source) {
    assertThat(compile(source).isTrue(VALUES::get)).isTrue();
    assertThat(compile(source).isFalse(VALUES::get)).isFalse();
    assertThat(compile("!(" + source + ")").isFalse(VALUES::get)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          n + 1, LONG, 8
          n + d, DOUBLE, 9.5
          -d, DOUBLE, -2.5
          n / d, DOUBLE, 2.8
          e / e, DOUBLE, NaN
          s + '!', STRING, x!
          n > 1, BOOLEAN, true
          t, TIMESTAMP, 2024-01-01T13:14:15.016Z
          t - duration('15s'), TIMESTAMP, 2024-01-01T13:14:00.016Z
          getHours(t), LONG, 13
          origin.late_3h, DOUBLE, 7.0
          " n ", LONG, 7
          """)
  void reportsTheTypeOfItsResult(String source, Type type, String result) {
    assertThat(compile(source).resultType()).isEqualTo(type);
    assertThat(evaluate(source)).hasToString(result);
  }

  @Test
  void namesTheVariablesThatItReads() {
    assertThat(compile("origin.late_3h / n > 0.5 && n > 1 && origin == 'n'").references())
        .containsExactlyInAnyOrder("origin.late_3h", "n", "origin");
    assertThat(compile("[1, 2].exists(x, x == n)").references()).containsExactly("n");
    assertThat(compile("1 + 1").references()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d",
        "d > 0",
        "d == 0.0",
        "d != 0",
        "d + n",
        "-d",
        "b || d > 0",
        "s in ['x'] && d > 0",
        "d in [1.0]",
        "string(d)",
        "d > 0 ? 1 : 2",
        "s == null || d > 0",
        "[d].exists(x, x > 0.0)"
      })
  void isNullWhenAVariableIsNull(String source) {
    assertThat(without("d", source)).isNull();
    assertThat(evaluate(source)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "d == null, true",
    "null == d, true",
    "d != null, false",
    "has(d), false",
    "d == null || d > 0, true",
    "d != null && d > 0, false",
    "d == null ? -1.0 : d, -1.0",
    "has(d) ? d * 2 : 0.0, 0.0",
    "(d == null ? 0.0 : d) + n, 7.0",
  })
  void mayTestVariablesForNull(String source, String expected) {
    assertThat(without("d", source)).hasToString(expected);
    assertThat(evaluate(source)).isNotNull();
  }

  @Test
  void isNullWhenATestedNullDecidesTheResult() {
    assertThat(without("d", "d == null && d > 0")).isNull();
    assertThat(without("d", "d != null || n > 100 || d > 0")).isNull();
  }

  @Test
  void isNullWhenTheValuesHaveNoResult() {
    assertThat(evaluate("n / m")).isNull();
    assertThat(evaluate("double(s) > 0.0")).isNull();
    assertThat(evaluate("{'a': 1}[s] == 1")).isNull();
    assertThat(evaluate("n + 9223372036854775807")).isNull();
  }

  @Test
  void acceptsAvroValues() {
    assertThat(compile("n + 1").evaluate(Map.of("n", 7))).isEqualTo(8L);
    assertThat(compile("d + 1").evaluate(Map.of("d", 0.5f))).isEqualTo(1.5);
    assertThat(compile("d").evaluate(Map.of("d", 7L))).isEqualTo(7.0);
    assertThat(compile("s == 'x'").evaluate(Map.of("s", new Utf8("x")))).isEqualTo(true);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compile("n + 1").evaluate(Map.of("n", "7")))
        .withMessageContaining("n is declared LONG");
  }

  @Test
  void acceptsReservedWordsAndTypeNamesAsSingleVariables() {
    Map<String, Type> variables = Map.of("package", Type.STRING, "int", Type.LONG);
    assertThat(Expression.compile("package", variables).evaluate(Map.of("package", "p")))
        .isEqualTo("p");
    assertThat(Expression.compile("int", variables).evaluate(Map.of("int", 3L))).isEqualTo(3L);
  }

  @Test
  void isSerializable() throws Exception {
    Expression expression = compile("origin.late_3h / n > 0.5");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(expression);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Expression copy = (Expression) in.readObject();
      assertThat(copy).isEqualTo(expression).hasSameHashCodeAs(expression);
      assertThat(copy.evaluate(VALUES)).isEqualTo(true);
    }
  }

  @Test
  void isThreadSafe() {
    Expression expression = compile("d * n + n");
    assertThat(
            IntStream.range(0, 20_000)
                .parallel()
                .allMatch(
                    i ->
                        Double.valueOf(i * 0.5 + i)
                            .equals(expression.evaluate(Map.of("d", 0.5, "n", (long) i)))))
        .isTrue();
  }

  @Property
  void mixesNumbersAsJavaDoes(
      @ForAll @IntRange(min = -1_000_000, max = 1_000_000) int n,
      @ForAll @DoubleRange(min = -1e9, max = 1e9) double d) {
    Map<String, Object> values = Map.of("n", (long) n, "d", d);
    assertThat(Mixed.SUM.evaluate(values)).isEqualTo(n + d);
    assertThat(Mixed.DIFFERENCE.evaluate(values)).isEqualTo(d - n);
    assertThat(Mixed.PRODUCT.evaluate(values)).isEqualTo(n * d);
    assertThat(Mixed.QUOTIENT.evaluate(values)).isEqualTo(d / n);
    assertThat(Mixed.LESS.evaluate(values)).isEqualTo(n < d);
    assertThat(Mixed.AT_LEAST.evaluate(values)).isEqualTo(d >= n);
    assertThat(Mixed.EQUAL.evaluate(values)).isEqualTo(n == d);
  }

  /** Compiled once: a property runs a thousand times. */
  private static final class Mixed {
    static final Expression SUM = compile("n + d");
    static final Expression DIFFERENCE = compile("d - n");
    static final Expression PRODUCT = compile("n * d");
    static final Expression QUOTIENT = compile("d / n");
    static final Expression LESS = compile("n < d");
    static final Expression AT_LEAST = compile("d >= n");
    static final Expression EQUAL = compile("n == d");
  }
}
