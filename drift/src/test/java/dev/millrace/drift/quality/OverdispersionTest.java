package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OverdispersionTest {
  private static final int BLOCKS = 32;
  private static final int ROWS = 60;
  private static final int REPETITIONS = 1_000;

  /** Quantiles of Student's t and Wilson's interval, computed with SciPy. */
  @Test
  void criticalValuesAndWilsonEqualScipy() {
    assertThat(new Overdispersion(1, 8).critical(0.05)).isEqualTo(2.36462, within(5e-3));
    assertThat(new Overdispersion(1, 14).critical(0.05)).isEqualTo(2.16037, within(5e-4));
    assertThat(new Overdispersion(1, 64).critical(0.05)).isEqualTo(1.99834, within(1e-5));

    Interval wilson = Intervals.share(10, 40, Overdispersion.NONE);
    assertThat(wilson.lower()).isEqualTo(0.14187118639096302, within(1e-12));
    assertThat(wilson.upper()).isEqualTo(0.40193961420768026, within(1e-12));
    Interval none = Intervals.share(0, 40, Overdispersion.NONE);
    assertThat(none.lower()).isZero();
    assertThat(none.upper()).isEqualTo(0.08762160119728662, within(1e-12));
  }

  /** Blocks with shares of their own: intervals of independent rows are far too narrow. */
  @Test
  void intervalsOfDependentRowsCoverWithPhi() {
    Random random = new Random(4);
    int independent = 0;
    int dispersed = 0;
    for (int i = 0; i < REPETITIONS; i++) {
      long[] rows = new long[BLOCKS];
      long[] errors = new long[BLOCKS];
      long sum = blocks(random, rows, errors);
      long n = (long) BLOCKS * ROWS;
      independent += Intervals.share(sum, n, Overdispersion.NONE).contains(0.2) ? 1 : 0;
      Overdispersion dispersion = Overdispersion.of(rows, errors);
      dispersed += Intervals.share(sum, n, dispersion).contains(0.2) ? 1 : 0;
    }
    assertThat(independent / (double) REPETITIONS).isLessThan(0.86);
    assertThat(dispersed / (double) REPETITIONS).isBetween(0.92, 0.98);
  }

  @Test
  void isNoneWithoutEnoughBlocksAndNeverBelowOne() {
    assertThat(Overdispersion.of(new long[64], new long[64])).isEqualTo(Overdispersion.NONE);
    assertThat(Overdispersion.of(new long[] {9, 9}, new long[] {0, 9}))
        .isEqualTo(Overdispersion.NONE);
    long[] ten = new long[20];
    long[] one = new long[20];
    java.util.Arrays.fill(ten, 10);
    java.util.Arrays.fill(one, 1);
    assertThat(Overdispersion.of(ten, one)).isEqualTo(new Overdispersion(1, 20));
    assertThat(Overdispersion.of(ten, new long[20])).isEqualTo(new Overdispersion(1, 20));
  }

  private static long blocks(Random random, long[] rows, long[] errors) {
    long sum = 0;
    for (int block = 0; block < BLOCKS; block++) {
      double share = 0.1 + 0.2 * random.nextDouble();
      rows[block] = ROWS;
      for (int i = 0; i < ROWS; i++) {
        errors[block] += random.nextDouble() < share ? 1 : 0;
      }
      sum += errors[block];
    }
    return sum;
  }
}
