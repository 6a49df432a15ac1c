package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.sequence.ShiftEvidence;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeanRankTest {
  private static Baseline baseline(List<Double> deviations) {
    return new Baseline(
        true,
        100,
        deviations.size(),
        Map.of(StatisticalTest.MEAN_RANK, deviations),
        LocalChiSquare.FLAT,
        Baseline.Divergence.INDEPENDENT,
        Map.of());
  }

  /** Independent deviations of the given size. */
  private static List<Double> deviations(int windows, double size) {
    double[] signs = {1, -1, -1, 1, 1, -1, 1, 1, -1, -1};
    Double[] values = new Double[windows];
    for (int i = 0; i < windows; i++) {
      values[i] = size * signs[i % signs.length];
    }
    return List.of(values);
  }

  /** Against the mean of all pairs: 1 where the window's number is larger, 1/2 where equal. */
  @Test
  void isTheShareOfLargerPairs() {
    long[] window = {1, 0, 5, 4};
    long[] reference = {10, 20, 30, 40};
    double pairs = 0;
    for (int i = 0; i < window.length; i++) {
      for (int j = 0; j < reference.length; j++) {
        pairs += window[i] * reference[j] * (i > j ? 1 : i == j ? 0.5 : 0) / 1_000;
      }
    }
    double variance = 0;
    double before = 0;
    for (long count : reference) {
      double rank = (before + count / 2.0) / 100 - 0.5;
      variance += rank * rank * count / 100;
      before += count;
    }
    assertThat(MeanRank.deviation(new BinnedSamples(window, reference)))
        .isCloseTo((pairs - 0.5) / Math.sqrt(variance * (1 / 10.0 + 1 / 100.0)), within(1e-12));
  }

  @Test
  void aConstantHasNoRanks() {
    long[] reference = {0, 100, 0};
    assertThat(MeanRank.deviation(new BinnedSamples(new long[] {10, 0, 10}, reference))).isZero();
    MeanRank calm = MeanRank.of(0, baseline(Collections.nCopies(14, 0.0)), 1, 0.1);
    assertThat(calm.addedTo(ShiftEvidence.START, 10).statistic()).isBetween(0.3, 1.0);
  }

  @Test
  void independentRowsNeedNoCalibration() {
    assertThat(MeanRank.of(3, Baseline.INDEPENDENT, 1, 0.01)).isEqualTo(new MeanRank(3, 0.2, 1));
  }

  @Test
  void fewWindowsLeaveTheVarianceOpen() {
    assertThat(MeanRank.of(4, baseline(deviations(10, 2)), 1, 0).figure()).isBetween(1.0, 1.4);
    assertThat(MeanRank.of(4, baseline(deviations(60, 2)), 1, 0).figure()).isBetween(1.6, 1.8);
  }

  @Test
  void whatWindowsHaveInCommonGrowsWithTheirRows() {
    Baseline calm = baseline(deviations(60, 2));
    double once = MeanRank.of(4, calm, 1, 0).figure();
    assertThat(MeanRank.of(4, calm, 16, 0).figure()).isBetween(once / 4, once / 3);
    assertThat(MeanRank.of(4, calm, 0.5, 0).figure()).isEqualTo(once);
  }
}
