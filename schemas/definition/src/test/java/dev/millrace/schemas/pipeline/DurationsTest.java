package dev.millrace.schemas.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @ValueSource(strings = {"0s", "1ms", "1500ms", "90s", "61m", "90m", "25h", "1d", "999999999d"})
  void formatsWhatItParses(String text) {
    assertThat(Durations.format(parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1000ms,1s", "120s,2m", "60m,1h", "48h,2d", "0ms,0s"})
  void writesTheLargestUnitWithoutRemainder(String text, String shortest) {
    assertThat(Durations.format(parse(text))).isEqualTo(shortest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "m", "3 m", "-3m", "3w", "1.5h", "PT3M", "1h30m", "1000000000s"})
  void rejectsOtherTexts(String text) {
    assertThat(Durations.parse(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 999, 1_000, 59_999, 3_599_000, 86_399_000, 86_401_000})
  void parsesWhatItFormats(long millis) {
    Duration duration = Duration.ofMillis(millis);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  private static Duration parse(String text) {
    return Objects.requireNonNull(Durations.parse(text));
  }
}
