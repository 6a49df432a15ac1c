package dev.millrace.drift.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LabelFieldReaderTest {
  static Stream<Arguments> labels() {
    return Stream.of(
        Arguments.of(true, 1.0),
        Arguments.of(false, 0.0),
        Arguments.of(3L, 3.0),
        Arguments.of(-0.5, -0.5),
        Arguments.of(Double.NaN, null),
        Arguments.of(Double.POSITIVE_INFINITY, null),
        Arguments.of("yes", null),
        Arguments.of(null, null));
  }

  @ParameterizedTest
  @MethodSource("labels")
  void aLabelIsAFiniteNumberOrNone(@Nullable Object label, @Nullable Double expected) {
    assertThat(LabelFieldReader.number(label)).isEqualTo(expected);
  }
}
