package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.InverseErf;

/**
 * The smallest shift of a numeric feature that Kolmogorov-Smirnov's test finds in one window, given
 * what the blocks of the reference show about calm windows: with this shift the median of the
 * largest difference of the distribution functions, D, has a p-value equal to the level, so that
 * about half of the windows are found.
 *
 * <p>A shift is measured in standard deviations of a normal distribution. Two that are x deviations
 * apart differ by erf(x / sqrt 8) at most. The observed D is that difference plus noise that is as
 * often positive as negative, plus what the search for the maximum adds: near it the difference of
 * the functions is a parabola with Brownian noise, and W(t) - t² / 2 has the expected maximum
 * 0.9962 (Daniels, Skyrme, Advances in Applied Probability 17, 1985).
 */
public final class SmallestShift {
  private static final double SQRT_8 = Math.sqrt(8);

  /**
   * A normal distribution shifted by x deviations has the Jensen-Shannon distance x / sqrt(8 ln 2),
   * in base 2; by series for small x, 6 % too large at 1.
   */
  private static final double PER_DISTANCE = Math.sqrt(8 * Math.log(2));

  /** Of W(t) - t² / 2. */
  private static final double EXPECTED_MAXIMUM = 0.9962;

  /** Halvings of the interval from 0 to 1. */
  private static final int HALVINGS = 40;

  /** Each changes the shift by less than a third of what the one before did. */
  private static final int ITERATIONS = 20;

  private final Baseline baseline;
  private final double numbers;
  private final double referenceRows;
  private final double minEffect;

  private SmallestShift(Baseline baseline, double numbers, double referenceRows, double minEffect) {
    this.baseline = baseline;
    this.numbers = numbers;
    this.referenceRows = referenceRows;
    this.minEffect = minEffect;
  }

  /**
   * Of a numeric feature.
   *
   * @param blocks the reference's counts by time, each as long as a window
   * @param minSamples values that a comparison must have on either side
   * @param minEffect least Jensen-Shannon distance that is reported
   */
  public static SmallestShift of(
      SeasonalReference reference, List<Block> blocks, long minSamples, double minEffect) {
    Baseline baseline = BlockBaseline.of(reference, blocks, minSamples);
    Profile whole = reference.whole().profile();
    double compared =
        blocks.stream()
            .mapToLong(block -> reference.at(block.startMillis()).profile().binned())
            .average()
            .orElse(0);
    return new SmallestShift(
        baseline,
        baseline.rows() * whole.binned() / Math.max(1, whole.total()),
        compared,
        minEffect);
  }

  /** Whether blocks suffice for an alarm in the first window. */
  public boolean calibrated() {
    return baseline.calibrated() && baseline.calibrates(StatisticalTest.KOLMOGOROV_SMIRNOV);
  }

  /** The number of blocks that calibrate the test: without small and unusual ones. */
  public int blocks() {
    return baseline.windows();
  }

  /** Their mean number of rows. */
  public double rows() {
    return baseline.rows();
  }

  /** The mean of the test's statistic over blocks, relative to independent rows; at least 1. */
  public double dispersion() {
    return KolmogorovSmirnov.dispersion(baseline).phi();
  }

  /**
   * The same for windows that are longer, and as many blocks of that length. Windows in a row are
   * taken to be independent: then what rows of a window have in common becomes smaller as their
   * chance does, and the dispersion stays.
   */
  public SmallestShift ofLongerWindows(int times) {
    return new SmallestShift(
        baseline.ofBlocks(times * baseline.rows(), 1),
        times * numbers,
        times * referenceRows,
        minEffect);
  }

  /** The same for more blocks that differ as much. */
  public SmallestShift ofMoreBlocks(int times) {
    return new SmallestShift(
        baseline.ofBlocks(baseline.rows(), times), numbers, times * referenceRows, minEffect);
  }

  /**
   * The smallest shift that is found in a window of as many rows as the blocks, in standard
   * deviations; infinite if no window is found, however different.
   *
   * @param level of one test
   */
  public double deviations(double level) {
    Dispersion calm = KolmogorovSmirnov.dispersion(baseline);
    DoubleUnaryOperator p = d -> KolmogorovSmirnov.pValue(d, numbers, referenceRows, calm, 1);
    if (p.applyAsDouble(1) > level) {
      return Double.POSITIVE_INFINITY;
    }
    double missed = 0;
    double found = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (missed + found) / 2;
      if (p.applyAsDouble(middle) > level) {
        missed = middle;
      } else {
        found = middle;
      }
    }
    return Math.max(shift(found), minEffect * PER_DISTANCE);
  }

  /** The shift with this median of D. */
  private double shift(double d) {
    double size = numbers / (numbers + referenceRows) * referenceRows;
    double shift = SQRT_8 * InverseErf.value(d);
    for (int i = 0; i < ITERATIONS; i++) {
      double density = Math.exp(-shift * shift / 8) / Math.sqrt(2 * Math.PI);
      // Of a W(t) - b t² with a² = density / size and b = shift density / 2.
      double added = EXPECTED_MAXIMUM * Math.cbrt(density / shift / size / size);
      shift = SQRT_8 * InverseErf.value(Math.max(d / 2, d - added));
    }
    return shift;
  }

  /** How many tests of its distribution share the feature's level: one, or two if dispersed. */
  public int tests() {
    return KolmogorovSmirnov.isDispersed(KolmogorovSmirnov.dispersion(baseline)) ? 2 : 1;
  }
}
