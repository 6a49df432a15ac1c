package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossLevelsTest {
  private final SplittableRandom random = new SplittableRandom(20260101);

  @Test
  void clipsAndRoundsLosses() {
    double[] losses = new double[1_001];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = i;
    }
    LossLevels levels = LossLevels.of(losses, ones(losses));

    assertThat(levels.limit()).isEqualTo(990);
    assertThat(levels.level(0)).isZero();
    assertThat(levels.level(495)).isEqualTo(32);
    assertThat(levels.level(1e300)).isEqualTo(LossLevels.STEPS);
    assertThat(levels.counts().stream().mapToLong(c -> c).sum()).isEqualTo(1_001 + 2);
    assertThat(levels.errors() / levels.labels()).isCloseTo(0.505, within(0.005));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-20, -1, 0, 0.5, 30})
  void meanAndVarianceAreDerivativesOfThePartition(double t) {
    for (ErrorReference reference : List.of(exponential(1_000), new ErrorRate(10, 3))) {
      double h = 1e-4;
      assertThat((reference.logPartition(t + h) - reference.logPartition(t - h)) / (2 * h))
          .isCloseTo(reference.mean(t), within(1e-6));
      assertThat((reference.mean(t + h) - reference.mean(t - h)) / (2 * h))
          .isCloseTo(reference.variance(t), within(1e-6));
    }
  }

  @Test
  void lossesOfNoneAndAllAreAnErrorRate() {
    Long[] counts = Collections.nCopies(LossLevels.STEPS + 1, 0L).toArray(new Long[0]);
    counts[0] = 80L;
    counts[LossLevels.STEPS] = 20L;
    LossLevels levels = new LossLevels(1, List.of(counts));
    ErrorRate rate = new ErrorRate(100, 20);
    double logit = Math.log(0.25);

    assertThat(levels.mean(0.7)).isCloseTo(rate.mean(logit + 0.7), within(1e-12));
    assertThat(levels.variance(0)).isCloseTo(rate.variance(logit), within(1e-12));
    assertThat(levels.logPartition(0.7) - levels.logPartition(0))
        .isCloseTo(rate.logPartition(logit + 0.7) - rate.logPartition(logit), within(1e-12));
    assertThat(levels.smallestShift()).isCloseTo(rate.smallestShift(), within(1e-12));
  }

  @Test
  void findsLargerLossesWithinTheBudget() {
    int falseAlarms = 0;
    double delays = 0;
    int repetitions = 20;
    for (int i = 0; i < repetitions; i++) {
      LossLevels reference = exponential(1_000);
      ConceptDetector detector = new ConceptDetector(reference, 100_000, 1);
      for (int batch = 0; batch < 500; batch++) {
        detector.add(batch(reference, 1));
        falseAlarms += detector.evidence().drift() ? 1 : 0;
      }
      while (!detector.evidence().drift()) {
        detector.add(batch(reference, 1.3));
        delays += 10;
      }
      assertThat(detector.evidence().since()).isGreaterThan(detector.evidence().before());
    }

    assertThat(falseAlarms).isZero();
    assertThat(delays / repetitions).isLessThan(300);
  }

  @Test
  void lossesOfNoneButSomeRowsAreAtTheLimit() {
    LossLevels levels = LossLevels.of(new double[] {0, 7}, new long[] {1_000, 5});

    assertThat(levels.level(7)).isEqualTo(LossLevels.STEPS);
    assertThat(levels.counts().get(LossLevels.STEPS)).isEqualTo(5 + 1);
    assertThat(levels.times(64).labels()).isEqualTo(64 * levels.labels());
  }

  @Test
  void rejectsWhatAreNoLosses() {
    List<Long> none = Collections.nCopies(LossLevels.STEPS + 1, 0L);
    assertThatThrownBy(() -> new LossLevels(1, none)).hasMessageContaining("with 0");
    assertThatThrownBy(() -> new LossLevels(0, none)).hasMessageContaining("0.0");
    assertThatThrownBy(() -> exponential(10).level(-1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> exponential(10).level(Double.NaN)).hasMessageContaining("NaN");
  }

  private LossLevels exponential(int n) {
    double[] losses = random.doubles(n).map(u -> -Math.log(1 - u)).sorted().toArray();
    return LossLevels.of(losses, ones(losses));
  }

  private static long[] ones(double[] losses) {
    long[] rows = new long[losses.length];
    Arrays.fill(rows, 1);
    return rows;
  }

  private ErrorBatch batch(LossLevels reference, double scale) {
    long sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += reference.level(-scale * Math.log(1 - random.nextDouble()));
    }
    return new ErrorBatch(0, 10, 10, sum);
  }
}
