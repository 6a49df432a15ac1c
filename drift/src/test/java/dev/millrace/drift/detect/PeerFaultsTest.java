package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;

/** Known faults of other drift detectors, with one test for each. */
class PeerFaultsTest {
  private final SplittableRandom random = new SplittableRandom(5);

  private static Profile window(Reference reference, double... values) {
    Profile profile = reference.newProfile();
    Arrays.stream(values).forEach(profile::add);
    return profile;
  }

  /** Evidently's chi-square treats the reference's shares as the true ones. */
  @Test
  void treatsTheReferenceAsASample() {
    int repetitions = 2_000;
    int asTruth = 0;
    int asSample = 0;
    for (int i = 0; i < repetitions; i++) {
      long[] window = counts(1_000);
      long[] reference = counts(1_000);
      double[] shares = Arrays.stream(reference).mapToDouble(c -> c).toArray();
      asTruth += new ChiSquareTest().chiSquareTest(shares, window) <= 0.05 ? 1 : 0;
      asSample += ChiSquare.of(new BinnedSamples(window, reference)).p() <= 0.05 ? 1 : 0;
    }
    assertThat((double) asTruth / repetitions).isGreaterThan(0.3);
    assertThat((double) asSample / repetitions).isBetween(0.03, 0.055);
  }

  private long[] counts(int n) {
    long[] counts = new long[10];
    for (int i = 0; i < n; i++) {
      counts[random.nextInt(10)]++;
    }
    return counts;
  }

  /** Evidently cuts the bins of its PSI from both samples: one outlier empties them all. */
  @Test
  void anOutlierInTheWindowDoesNotMoveBins() {
    Reference reference = Reference.of("x", random.doubles(5_000).toArray());
    double[] values = random.doubles(2_000).toArray();
    double without = EffectSizes.of(reference, window(reference, values)).psi();
    values[0] = 1e12;
    double with = EffectSizes.of(reference, window(reference, values)).psi();

    assertThat(with).isBetween(without - 0.01, without + 0.01);
  }

  /** Evidently fills empty bins with different shares on either side. */
  @Test
  void emptyBinsCountTheSameOnBothSides() {
    BinnedSamples samples = new BinnedSamples(new long[] {500, 500, 0}, new long[] {500, 0, 500});
    BinnedSamples swapped = new BinnedSamples(new long[] {500, 0, 500}, new long[] {500, 500, 0});

    assertThat(EffectSizes.psi(samples)).isEqualTo(EffectSizes.psi(swapped)).isFinite();
  }

  /** DataSketches' test uses the number of values retained in a sketch as the sample size. */
  @Test
  void usesTheTrueSampleSizesForAnyNumberOfBins() {
    long[] few = {300, 700};
    long[] many = {30_000, 70_000};
    double small = KolmogorovSmirnov.pValue(new BinnedSamples(new long[] {35, 65}, few));
    double large = KolmogorovSmirnov.pValue(new BinnedSamples(new long[] {3_500, 6_500}, many));

    assertThat(small).isGreaterThan(0.5);
    assertThat(large).isLessThan(1e-15);
  }

  /** DataSketches' test reports a difference between equal samples with many ties. */
  @Test
  void tiesDoNotMakeADifference() {
    double[] values = IntStream.range(0, 3_000).mapToDouble(i -> i % 3).toArray();
    Reference reference = Reference.of("x", values);

    FeatureResult result =
        new FeatureComparison(0.05, 0, 1).of(reference, window(reference, values));

    assertThat(result.statistic()).isZero();
    assertThat(result.p()).isEqualTo(1);
  }

  /** An unseen category crashes alibi-detect (191). */
  @Test
  void countsUnseenCategoriesAndAcceptsAFew() {
    List<String> known = IntStream.range(0, 3_000).mapToObj(i -> "c" + i % 5).toList();
    Reference reference = Reference.of("w", known);
    Profile window = reference.newProfile();
    known.subList(0, 1_000).forEach(window::add);
    window.add("new");

    FeatureResult result = new FeatureComparison(1e-3, 0, 100).of(reference, window);

    assertThat(window.count(((CategoryBins) reference.bins()).unseen())).isEqualTo(1);
    assertThat(result.verdict()).isEqualTo(Verdict.OK);
  }

  /** Eight rows are called drift by Evidently (509). */
  @Test
  void eightRowsAreInsufficient() {
    Reference reference = Reference.of("x", random.doubles(5_000).toArray());
    double[] eight = {50, 51, 52, 53, 54, 55, 56, 57};

    FeatureResult result =
        new FeatureComparison(0.05, 0.02, 500).of(reference, window(reference, eight));

    assertThat(result.verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(result.n()).isEqualTo(8);
  }
}
