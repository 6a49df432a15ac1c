package dev.millrace.schemas.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistinctTest {
  /** 1.04 / sqrt(2^12), as the documentation states. */
  private static final double STANDARD_ERROR = 0.01625;

  private static final Layout LAYOUT = Layout.of(List.of(new Distinct.Spec()));
  private static final Calculation DISTINCT =
      new Calculation(Operation.DISTINCT, null, Window.unbounded(), LAYOUT);

  private static long count(Partial partial) {
    return (Long) Objects.requireNonNull(DISTINCT.value(partial, 0));
  }

  @Property(tries = 100)
  void isExactUpToItsBound(
      @ForAll @IntRange(min = 1, max = Distinct.EXACT) int different, @ForAll long first) {
    Partial partial = new Partial(LAYOUT);
    for (long i = 0; i < 2L * different; i++) {
      partial.update("value " + (first + i % different), 0, i);
    }
    assertThat(count(partial)).isEqualTo(different);
  }

  /**
   * The mean error of 200 sets shows a bias, their mean square the standard error. With 200 sets
   * the latter is known to 5 %, and 20 % is four times that.
   */
  @Test
  void hasTheStatedStandardErrorAndNoBias() {
    for (int different : new int[] {513, 2_000, 10_000, 100_000}) {
      int sets = 200;
      double sum = 0;
      double squares = 0;
      for (int set = 0; set < sets; set++) {
        Partial partial = new Partial(LAYOUT);
        for (long i = 0; i < different; i++) {
          partial.update(1_000_000_007L * set + i, 0, i);
        }
        double error = count(partial) / (double) different - 1;
        sum += error;
        squares += error * error;
      }
      assertThat(sum / sets).as("bias at %d", different).isCloseTo(0, within(0.005));
      assertThat(Math.sqrt(squares / sets))
          .as("error at %d", different)
          .isLessThan(1.2 * STANDARD_ERROR);
    }
  }

  @Test
  void distinguishesValuesOfEachType() {
    assertThat(count(of(0.0, -0.0, 1.5, -1.5))).isEqualTo(3);
    assertThat(count(of("", "a", "b", "ab", "ba"))).isEqualTo(5);
    assertThat(count(of(true, false, true))).isEqualTo(2);
    assertThat(count(of(1L, -1L, Long.MIN_VALUE))).isEqualTo(3);
  }

  private static Partial of(Object... values) {
    Partial partial = new Partial(LAYOUT);
    for (Object value : values) {
      partial.update(value, 0, 0);
    }
    return partial;
  }
}
