package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levels and power for more categories than the reference contains; fixed seeds. */
class CategoryLevelsTest {
  private final Random random = new Random(5);

  /** The rate of DRIFT verdicts per window without any change, in multiples of alpha. */
  private double nullRate(double[] shares, int m, int n, double alpha, int references) {
    FeatureComparison test = new FeatureComparison(alpha, 0.02, 30);
    int windows = 10;
    long drifted = 0;
    for (int i = 0; i < references; i++) {
      Reference reference = Reference.of("x", sample(shares, m));
      for (int j = 0; j < windows; j++) {
        Verdict verdict = test.of(reference, window(reference, sample(shares, n))).verdict();
        drifted += verdict == Verdict.DRIFT ? 1 : 0;
      }
    }
    return drifted / (alpha * references * windows);
  }

  /** The bins are the reference's most frequent categories, partly by chance. */
  @ParameterizedTest
  @CsvSource({
    "250, 0, 2000, 2000",
    "250, 0, 5000, 5000",
    "100, 0, 2000, 2000",
    "250, 0.5, 2000, 2000",
    "250, 0.5, 5000, 5000",
    "100, 0.5, 2000, 2000",
    "250, 0.5, 2000, 10000"
  })
  void keepsTheLevelForCategoriesWithoutABin(int size, double exponent, int m, int n) {
    // 1500 windows at 0.005: 7.5 expected, standard error 0.37 of the level.
    assertThat(nullRate(zipf(size, exponent), m, n, 0.005, 150)).isLessThanOrEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"100, 200, 300", "20, 50, 40", "20, 100, 300", "100, 500, 300"})
  void keepsTheLevelForCategoriesMissingInTheReferenceByChance(int size, int m, int n) {
    // 10000 windows at 0.00167: 16.7 expected, standard error 0.25 of the level.
    assertThat(nullRate(zipf(size, 0), m, n, 0.00167, 1_000)).isLessThanOrEqualTo(1.3);
  }

  /** Earlier releases did not count doubletons. */
  @Test
  void keepsTheLevelForAReferenceWithoutDoubletons() {
    FeatureComparison test = new FeatureComparison(0.00167, 0.02, 30);
    double[] shares = zipf(100, 0);
    int drifted = 0;
    for (int i = 0; i < 500; i++) {
      Reference counted = Reference.of("x", sample(shares, 200));
      Reference reference =
          new Reference("x", counted.profile(), 0, 0, 0, counted.singletons(), null);
      for (int j = 0; j < 10; j++) {
        Verdict verdict = test.of(reference, window(reference, sample(shares, 300))).verdict();
        drifted += verdict == Verdict.DRIFT ? 1 : 0;
      }
    }
    // 8.4 expected, standard error 2.9.
    assertThat(drifted).isLessThanOrEqualTo(11);
  }

  @Test
  void detectsAFrequentCategoryThatDoubles() {
    double[] shares = zipf(250, 0.5);
    double[] doubled = shares.clone();
    doubled[0] *= 2;
    FeatureComparison test = new FeatureComparison(0.00167, 0.02, 30);
    int found = 0;
    for (int i = 0; i < 20; i++) {
      Reference reference = Reference.of("x", sample(shares, 5_000));
      FeatureResult result = test.of(reference, window(reference, sample(doubled, 5_000)));
      found += result.verdict() == Verdict.DRIFT ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(18);
  }

  /** One of many categories that were equally frequent. */
  @Test
  void detectsACategoryThatBecomesFrequent() {
    double[] shares = zipf(250, 0);
    Reference reference = Reference.of("x", sample(shares, 2_000));
    double[] frequent = shares.clone();
    String category = ((CategoryBins) reference.bins()).values().get(40);
    frequent[Integer.parseInt(category.substring(1))] = 0.1;

    FeatureResult result =
        new FeatureComparison(0.00167, 0.02, 30)
            .of(reference, window(reference, sample(frequent, 2_000)));

    assertThat(result.verdict()).isEqualTo(Verdict.DRIFT);
  }

  @Test
  void detectsAFrequentCategoryThatDisappears() {
    double[] shares = zipf(250, 1);
    double[] without = shares.clone();
    without[1] = 0;
    Reference reference = Reference.of("x", sample(shares, 2_000));

    FeatureResult result =
        new FeatureComparison(0.00167, 0.02, 30)
            .of(reference, window(reference, sample(without, 2_000)));

    assertThat(result.verdict()).isEqualTo(Verdict.DRIFT);
  }

  private List<String> sample(double[] shares, int size) {
    double[] sums = shares.clone();
    Arrays.parallelPrefix(sums, Double::sum);
    return IntStream.range(0, size)
        .map(i -> Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]))
        .mapToObj(at -> "c" + (at < 0 ? -at - 1 : at))
        .toList();
  }

  private static Profile window(Reference reference, List<String> values) {
    Profile window = reference.newProfile();
    values.forEach(window::add);
    return window;
  }

  private static double[] zipf(int size, double exponent) {
    double[] weights =
        IntStream.rangeClosed(1, size).mapToDouble(i -> Math.pow(i, -exponent)).toArray();
    double total = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / total).toArray();
  }
}
