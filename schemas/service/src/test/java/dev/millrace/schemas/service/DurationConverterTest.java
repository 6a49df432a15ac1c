package dev.millrace.schemas.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationConverterTest {
  private final DurationConverter converter = new DurationConverter();

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "90s,PT1M30S", "3m,PT3M", "6h,PT6H", "7d,PT168H"})
  void readsANumberAndAUnit(String text, Duration expected) {
    assertThat(converter.convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "m", "3 m", "-3m", "3w", "1.5h"})
  void rejectsOtherTexts(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .hasMessageContaining("is not a duration; write e.g. 500ms, 5m, 7d");
  }

  @Test
  void doesNotOverflow() {
    assertThat(converter.convert("999999999d")).isPositive();
  }
}
