package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
  /** Twice the tail of the binomial distribution, computed by hand. */
  @Test
  void mcNemarIsExact() {
    assertThat(PairedComparison.mcNemar(1, 9, Dispersion.NONE))
        .isEqualTo(2 * (1 + 10) / 1024.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(9, 1, Dispersion.NONE))
        .isEqualTo(22 / 1024.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(5, 5, Dispersion.NONE)).isEqualTo(1);
    assertThat(PairedComparison.mcNemar(0, 0, Dispersion.NONE)).isEqualTo(1);
    assertThat(PairedComparison.mcNemar(10, 90, new Dispersion(10, 0)))
        .isEqualTo(22 / 1024.0, within(1e-12));
  }

  @Test
  void intervalsCoverAndTheLevelIsKept() {
    Random random = new Random(12);
    int[] covered = new int[2];
    int rejected = 0;
    for (int repetition = 0; repetition < 500; repetition++) {
      PairedComparison same = PairedComparison.of(counts(random, 400, 0.5), Dispersion.NONE);
      covered[0] += same.accuracyInterval().contains(0) ? 1 : 0;
      covered[1] += Objects.requireNonNull(same.brierInterval()).contains(0) ? 1 : 0;
      rejected += same.pValue() <= 0.05 ? 1 : 0;
    }
    assertThat(covered[0] / 500.0).isBetween(0.93, 0.98);
    assertThat(covered[1] / 500.0).isBetween(0.93, 0.98);
    assertThat(rejected / 500.0).isLessThan(0.06);
  }

  /** A difference that the figures of each model alone cannot show. */
  @Test
  void findsASmallDifferenceOnTheSameEvents() {
    PairedComparison better =
        PairedComparison.of(counts(new Random(13), 2_000, 0.8), Dispersion.NONE);

    assertThat(better.accuracy()).isBetween(0.0, 0.08);
    assertThat(better.pValue()).isLessThan(1e-4);
    assertThat(better.brier()).isNegative();
    assertThat(better.logLoss()).isNegative();
  }

  @Test
  void countsAddUp() {
    PairedCounts sum = new PairedCounts();
    Random random = new Random(14);
    PairedCounts whole = new PairedCounts();
    for (int part = 0; part < 8; part++) {
      PairedCounts some = counts(random, 100, 0.7);
      StateWriter out = new StateWriter();
      some.write(out);
      sum.read(new StateReader(out.toBytes()));
      whole.add(some);
    }

    assertThat(PairedComparison.of(sum, Dispersion.NONE))
        .isEqualTo(PairedComparison.of(whole, Dispersion.NONE));
  }

  /**
   * Models that differ in a tenth of the events.
   *
   * @param second how often the second one is right where they differ
   */
  private static PairedCounts counts(Random random, int size, double second) {
    PairedCounts counts = new PairedCounts();
    for (int i = 0; i < size; i++) {
      boolean label = random.nextBoolean();
      boolean common = random.nextDouble() < 0.8 ? label : !label;
      boolean differs = random.nextDouble() < 0.1;
      boolean secondIsRight = random.nextDouble() < second;
      boolean one = differs ? (secondIsRight ? !label : label) : common;
      boolean other = differs ? !one : common;
      counts.add(one ? 0.75 : 0.25, one, other ? 0.75 : 0.25, other, label);
    }
    return counts;
  }
}
