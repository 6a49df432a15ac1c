package dev.millrace.schemas.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionErrorsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      textBlock =
          """
          distanse > 0          | 1  | unknown name 'distanse'              | distanse
          n > 0 && distanse > 0 | 10 | unknown name 'distanse'              | distanse
          origin.late_4h > 0    | 7  | unknown name 'origin.late_4h'        | origin.late_4h
          orign.late_3h > 0     | 1  | unknown name 'orign.late_3h'         | orign.late_3h
          getHour(t)            | 8  | unknown function 'getHour'           |
          s + 1                 | 3  | '+' does not take (string, int)      |
          n && b                | 3  | '&&' does not take (int, bool)       |
          d == s                | 3  | '==' does not take (double, string)  |
          s.getHours()          | 11 | 'getHours' does not take (string)    |
          b ? 0 : d             | 3  | both branches of ? : must have one   |
          [n, n]                | 1  | the result is a list                 |
          dyn(n)                | 1  | the result is a dyn                  |
          n >                   | 4  | the expression ends too early        |
          n ~ 1                 | 3  | unexpected '~'                       |
          """)
  void namesTheErrorAndItsPlace(
      String source, int column, String message, @Nullable String unknown) {
    ExpressionException error =
        catchThrowableOfType(ExpressionException.class, () -> compile(source));
    assertThat(error).hasMessageContaining(message);
    assertThat(error.column()).isEqualTo(column);
    assertThat(error.line()).isEqualTo(1);
    assertThat(error.unknown()).isEqualTo(unknown);
  }

  @Test
  void countsLines() {
    assertThatThrownBy(() -> compile("n > 0 &&\n  q"))
        .isInstanceOfSatisfying(
            ExpressionException.class,
            error -> assertThat(error.line() + ":" + error.column()).isEqualTo("2:3"));
  }

  private static Expression compile(String source) {
    return Expression.compile(source, ExpressionTest.VARIABLES);
  }
}
