package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectSizesTest {
  private final SplittableRandom random = new SplittableRandom(31);

  private double[] gaussian(int n, double mean) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = 3 * (random.nextGaussian() + mean);
    }
    return values;
  }

  private static Effects effects(Reference reference, double... values) {
    Profile window = reference.newProfile();
    Arrays.stream(values).forEach(window::add);
    return EffectSizes.of(reference, window);
  }

  @ParameterizedTest
  @CsvSource({"500", "2000", "10000"})
  void areSmallWithoutChangeAtAnySampleSize(int n) {
    Reference reference = Reference.of("x", gaussian(20_000, 0));
    double psi = 0;
    double squares = 0;
    double wasserstein = 0;
    int windows = 100;
    for (int i = 0; i < windows; i++) {
      Effects effects = effects(reference, gaussian(n, 0));
      psi += effects.psi() / windows;
      squares += effects.jensenShannon() * effects.jensenShannon() / windows;
      Double shift = effects.wasserstein();
      wasserstein += (shift == null ? Double.NaN : shift) / windows;
    }

    // After subtracting the expectation, negative noise is set to 0.
    double perBin = 1.0 / n + 1.0 / 20_000;
    double samples = EffectSizes.groups(n);
    assertThat(psi).isLessThan(Math.sqrt(2 * samples) * perBin);
    assertThat(squares).isLessThan(Math.sqrt(2 * samples) * perBin / 8 / Math.log(2));
    assertThat(wasserstein).isLessThan(Math.sqrt(perBin));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.042, 0.01", "0.5, 0.208, 0.25"})
  void matchTheoryForAShift(double shift, double jensenShannon, double psi) {
    Reference reference = Reference.of("x", gaussian(50_000, 0));

    Effects effects = effects(reference, gaussian(50_000, shift));

    // For a small shift of d deviations: d^2 / 8 nats, d^2, and d.
    assertThat(effects.jensenShannon()).isCloseTo(jensenShannon, within(0.008));
    assertThat(effects.psi()).isCloseTo(psi, within(0.15 * psi + 0.002));
    assertThat(effects.wasserstein()).isCloseTo(shift, within(0.02));
  }

  @Test
  void wassersteinCountsValuesBeyondTheReference() {
    double[] uniform = random.doubles(10_000).toArray();
    Reference reference = Reference.of("x", uniform);

    Effects effects = effects(reference, Arrays.stream(uniform).map(u -> u + 5).toArray());

    assertThat(effects.wasserstein()).isCloseTo(5 / reference.sd(), within(0.01));
    assertThat(effects.jensenShannon()).isGreaterThan(0.97);
  }

  @Test
  void wassersteinIsNullForAConstantReference() {
    Effects effects = effects(Reference.of("x", 1, 1, 1, 1), 2, 2, 2);

    assertThat(effects.wasserstein()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"50", "500", "20000"})
  void aConstantFeatureThatStartsToVaryHasALargeEffect(int n) {
    double[] constant = new double[10_000];
    Arrays.fill(constant, 3);
    double[] half = random.doubles(n, 0, 6).toArray();
    Arrays.fill(half, 0, n / 2, 3);

    Effects effects = effects(Reference.of("x", constant), half);

    assertThat(effects.jensenShannon()).isGreaterThan(0.5);
    assertThat(effects.psi()).isGreaterThan(1);
  }

  /** New values lie below, between and beyond those of the reference. */
  @Property(tries = 300)
  void theShareOfNewValuesIsALowerBoundOfTheEffect(
      @ForAll @IntRange(min = 30, max = 3_000) int n,
      @ForAll @DoubleRange(min = 0, max = 1) double newShare,
      @ForAll @Size(3) List<@IntRange(min = 1, max = 9) Integer> places) {
    double[] hours = new double[5_000];
    Arrays.setAll(hours, i -> i % 24);
    Reference reference = Reference.of("hour", hours);
    int[] where = {-1, 7, 24};
    int all = places.stream().mapToInt(Integer::intValue).sum();
    int strange = (int) (newShare * n);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      int place = i % all;
      int chosen = place < places.get(0) ? 0 : place < places.get(0) + places.get(1) ? 1 : 2;
      values[i] = i < strange ? where[chosen] + 0.5 : i % 24;
    }

    double effect = effects(reference, values).jensenShannon();

    // Joining bins cannot increase a divergence, so that of new against known values is a lower
    // bound.
    BinnedSamples lumped =
        new BinnedSamples(
            new long[] {n - strange, strange}, new long[] {hours.length, where.length});
    double noise = EffectSizes.groups(n) * (1.0 / n + 1.0 / hours.length) / 8 / Math.log(2);
    double bound = Math.pow(EffectSizes.jensenShannon(lumped), 2) - noise;
    assertThat(effect * effect).isGreaterThanOrEqualTo(bound - 1e-12);
  }

  @Test
  void isOneForDisjointSamplesAndZeroForEqualOnes() {
    BinnedSamples apart = new BinnedSamples(new long[] {100_000, 0}, new long[] {0, 100_000});
    BinnedSamples alike = new BinnedSamples(new long[] {10, 20}, new long[] {10, 20});

    assertThat(EffectSizes.jensenShannon(apart)).isCloseTo(1, within(1e-4));
    assertThat(EffectSizes.jensenShannon(alike)).isZero();
    assertThat(EffectSizes.psi(alike)).isZero();
  }
}
