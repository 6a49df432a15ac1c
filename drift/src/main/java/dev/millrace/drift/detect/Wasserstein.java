package dev.millrace.drift.detect;

import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import org.jspecify.annotations.Nullable;

/**
 * The area between the two distribution functions, in standard deviations of the reference. Values
 * are assumed to be spread evenly within a bin. Bins beyond the reference's range extend to the
 * window's smallest and largest value.
 */
final class Wasserstein {
  private final double n;
  private final double m;
  private double area;
  private double spread;
  private double f;
  private double g;

  private Wasserstein(double n, double m) {
    this.n = n;
    this.m = m;
  }

  /**
   * Null if either side has no numbers, or the reference has a standard deviation of 0.
   *
   * @param factor how many times the squared distance of calm windows exceeds that of independent
   *     rows
   */
  static @Nullable Double distance(
      NumberBins bins, Reference reference, Profile window, double factor) {
    if (window.binned() == 0 || reference.profile().binned() == 0 || reference.sd() == 0) {
      return null;
    }
    return of(bins, reference, window).distance(reference.sd(), factor);
  }

  /** The squared distance over that expected of independent rows; 1 where there is none. */
  static double ratio(NumberBins bins, Reference reference, Profile window) {
    if (window.binned() == 0 || reference.profile().binned() == 0) {
      return 1;
    }
    Wasserstein w = of(bins, reference, window);
    double chance = w.chance();
    double ratio = w.area * w.area / (chance * chance);
    return Double.isFinite(ratio) ? ratio : 1;
  }

  private static Wasserstein of(NumberBins bins, Reference reference, Profile window) {
    Profile training = reference.profile();
    double first = bins.edge(0);
    double low = Math.min(first, Math.min(window.min(), training.min()));
    int last = bins.size() - 1;
    double end = bins.edge(last - 1);
    double high = Math.max(end, Math.max(window.max(), training.max()));
    Wasserstein w = new Wasserstein(window.binned(), training.binned());
    // If all values of a window are out of range, there is a gap between them and the reference.
    double belowGap = training.count(0) > 0 ? first : Math.min(first, window.max());
    double aboveGap = training.count(last) > 0 ? end : Math.max(end, window.min());
    w.bin(belowGap - low, window.count(0), training.count(0));
    w.bin(first - belowGap, 0, 0);
    for (int i = 1; i < last; i++) {
      w.bin(bins.edge(i) - bins.edge(i - 1), window.count(i), training.count(i));
    }
    w.bin(aboveGap - end, 0, 0);
    w.bin(high - aboveGap, window.count(last), training.count(last));
    return w;
  }

  private void bin(double width, long windowCount, long referenceCount) {
    double nextF = f + windowCount / n;
    double nextG = g + referenceCount / m;
    area += between(width, f - g, nextF - nextG);
    spread += width * (deviation(g) + deviation(nextG)) / 2;
    f = nextF;
    g = nextG;
  }

  /**
   * Without any change the functions' difference at x is about normal with variance F(1-F)(1/n +
   * 1/m), and a normal variable's mean size is sqrt(2/pi) standard deviations.
   */
  private double chance() {
    return Math.sqrt(2 / Math.PI * (1 / n + 1 / m)) * spread;
  }

  private @Nullable Double distance(double sd, double factor) {
    double chance = chance();
    double distance = Math.sqrt(Math.max(0, area * area - factor * chance * chance)) / sd;
    return Double.isFinite(distance) ? distance : null;
  }

  private static double deviation(double share) {
    return Math.sqrt(Math.max(0, share * (1 - share)));
  }

  /** The area under the absolute value of a line from height a to height b. */
  private static double between(double width, double a, double b) {
    double sizes = Math.abs(a) + Math.abs(b);
    if (sizes == 0) {
      return 0;
    }
    return a * b >= 0 ? width * sizes / 2 : width * (a * a + b * b) / (2 * sizes);
  }
}
