package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The share of real changes that are detected; fixed seeds. */
class PowerTest {
  private static final FeatureComparison TEST = new FeatureComparison(0.05, 0, 1);
  private final SplittableRandom random = new SplittableRandom(99);

  private double[] gaussian(int n, double mean) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextGaussian() + mean;
    }
    return values;
  }

  @Test
  void detectsATenthOfADeviationAlmostAsOftenAsTheExactTest() {
    int windows = 400;
    int binned = 0;
    int exact = 0;
    for (int references = 0; references < 4; references++) {
      double[] training = gaussian(100_000, 0);
      Reference reference = Reference.of("x", training);
      Arrays.sort(training);
      for (int i = 0; i < windows / 4; i++) {
        double[] values = gaussian(1_000, 0.1);
        Profile window = reference.newProfile();
        Arrays.stream(values).forEach(window::add);
        binned += TEST.of(reference, window).p() <= 0.05 ? 1 : 0;
        Arrays.sort(values);
        double p = Kolmogorov.pValue(exactD(values, training), values.length, training.length);
        exact += p <= 0.05 ? 1 : 0;
      }
    }
    assertThat(binned / (double) windows).isGreaterThanOrEqualTo(0.75);
    assertThat(binned / (double) exact).isBetween(0.95, 1.0);
  }

  /** The largest difference of two empirical distribution functions over ascending samples. */
  private static double exactD(double[] a, double[] b) {
    double d = 0;
    int j = 0;
    for (int i = 0; i < a.length; i++) {
      while (j < b.length && b[j] < a[i]) {
        j++;
      }
      double g = (double) j / b.length;
      d = Math.max(d, Math.max(g - (double) i / a.length, (i + 1.0) / a.length - g));
    }
    return d;
  }
}
