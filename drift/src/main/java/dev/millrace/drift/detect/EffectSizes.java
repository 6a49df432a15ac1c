package dev.millrace.drift.detect;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Computes {@link Effects}. The value expected without any change is subtracted on the scale on
 * which noise and change add up: from divergences as they are, from distances squared.
 */
final class EffectSizes {
  /** The count of an empty bin, the same on both sides, so that its logarithm exists. */
  private static final double EMPTY_BIN = 0.5;

  private static final double LN2 = Math.log(2);

  private EffectSizes() {}

  /** The effects of a window of independent rows. */
  static Effects of(Reference reference, Profile window) {
    return of(reference, window, Baseline.INDEPENDENT);
  }

  /**
   * The effects of a window.
   *
   * @param baseline how much calm windows diverge
   */
  static Effects of(Reference reference, Profile window, Baseline baseline) {
    BinnedSamples shown = shown(reference, window);
    double scale = baseline.scale(window.total(), reference.total());
    Baseline.Divergence calm = baseline.divergence();
    Double wasserstein =
        reference.bins() instanceof NumberBins bins
            ? Wasserstein.distance(bins, reference, window, factor(calm.wasserstein(), scale))
            : null;
    return new Effects(
        psi(shown, factor(calm.psi(), scale)),
        jensenShannon(shown, factor(calm.jensenShannon(), scale)),
        wasserstein);
  }

  /** How many times the divergences of a window exceed those expected of independent rows. */
  static Baseline.Divergence ratios(Reference reference, Profile window) {
    return ratios(reference, window, shown(reference, window));
  }

  /**
   * The same of two windows, each of which has values in bins where the other has none by chance.
   *
   * @param other the reference with the counts of the other window
   */
  static Baseline.Divergence ratiosOfWindows(Reference other, Profile window) {
    if (other.bins() instanceof CategoryBins) {
      return ratios(other, window);
    }
    BinnedSamples numbers = new BinnedSamples(window.counts(), other.profile().counts());
    int groups = groups(Math.min(window.binned(), other.profile().binned()));
    return ratios(other, window, withoutBin(other, window, numbers.mergeNeighboursOfBoth(groups)));
  }

  private static Baseline.Divergence ratios(
      Reference reference, Profile window, BinnedSamples shown) {
    double chance = chance(shown);
    double ones =
        reference.bins() instanceof NumberBins bins
            ? Wasserstein.ratio(bins, reference, window)
            : 1;
    return chance == 0
        ? new Baseline.Divergence(1, 1, ones)
        : new Baseline.Divergence(rawPsi(shown) / chance, rawNats(shown) * 8 / chance, ones);
  }

  /** The part that whole windows cause does not shrink with more rows. */
  private static double factor(double calm, double scale) {
    return 1 + (calm - 1) * scale;
  }

  private static BinnedSamples shown(Reference reference, Profile window) {
    return withoutBin(reference, window, binned(reference, window));
  }

  /** With a bin for each kind of value that has none. */
  private static BinnedSamples withoutBin(
      Reference reference, Profile window, BinnedSamples binned) {
    BinnedSamples shown = binned;
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      shown = shown.with(window.count(kind), reference.profile().count(kind));
    }
    return shown;
  }

  /** The bins of values; those without a bin are not included. */
  static BinnedSamples binned(Reference reference, Profile window) {
    return reference.bins() instanceof CategoryBins categories
        ? categories(categories, reference, window)
        : numbers(reference, window);
  }

  /**
   * The bins in which the reference has values, joined to a few, and one bin for all others: if
   * empty bins were joined to their neighbours, values that the reference never had could not be
   * told apart from its own. An empty bin lies between two neighbouring values of the reference, or
   * beyond its last. A new value falls there with probability 1 / (m + 1), so the reference's count
   * of the bin is taken as 1.
   */
  private static BinnedSamples numbers(Reference reference, Profile window) {
    BinnedSamples samples = new BinnedSamples(window.counts(), reference.profile().counts());
    int[] unseen =
        IntStream.range(0, samples.size())
            .filter(i -> samples.reference(i) == 0 && samples.window(i) > 0)
            .toArray();
    return samples
        .inReference()
        .mergeNeighbours(groups(window.binned()))
        .with(Arrays.stream(unseen).mapToLong(samples::window).sum(), unseen.length);
  }

  /** The bins of the test, and UNSEEN with the Good-Turing estimate as the reference's count. */
  private static BinnedSamples categories(CategoryBins bins, Reference reference, Profile window) {
    long unseen = window.count(bins.unseen());
    return unseen == 0
        ? CategoryCells.all(reference, window)
        : CategoryCells.seen(reference, window).with(unseen, reference.singletons());
  }

  /**
   * Bins for comparing n numbers: 2 n^(2/5) (Mann and Wald 1942, as halved by Moore in D'Agostino
   * and Stephens, "Goodness-of-fit techniques", 1986). More bins only add noise.
   */
  static int groups(long n) {
    return (int) Math.max(2, Math.round(2 * Math.pow((double) n, 0.4)));
  }

  /**
   * Its null expectation is (bins - 1)(1/n + 1/m) (Yurdakul, "Statistical properties of the
   * population stability index", 2018).
   */
  static double psi(BinnedSamples samples) {
    return psi(samples, 1);
  }

  private static double psi(BinnedSamples samples, double factor) {
    return Math.max(0, rawPsi(samples) - factor * chance(samples));
  }

  private static double rawPsi(BinnedSamples samples) {
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double psi = 0;
    for (int i = 0; i < samples.size(); i++) {
      if (samples.window(i) + samples.reference(i) > 0) {
        double p = Math.max(EMPTY_BIN, (double) samples.window(i)) / n;
        double q = Math.max(EMPTY_BIN, (double) samples.reference(i)) / m;
        psi += (p - q) * Math.log(p / q);
      }
    }
    return psi;
  }

  /**
   * The divergence is sum (p-q)^2 / (8 (p+q)/2) nats to second order, whose null expectation is
   * (bins - 1)(1/n + 1/m) / 8.
   */
  static double jensenShannon(BinnedSamples samples) {
    return jensenShannon(samples, 1);
  }

  private static double jensenShannon(BinnedSamples samples, double factor) {
    return Math.sqrt(Math.min(1, Math.max(0, divergence(samples, factor))));
  }

  /** The squared distance less its expectation, which may be negative. */
  static double divergence(BinnedSamples samples, double factor) {
    return base2(rawNats(samples) - factor * chance(samples) / 8);
  }

  /** A divergence in nats to base 2, in which the largest is 1. */
  static double base2(double nats) {
    return nats / LN2;
  }

  private static double chance(BinnedSamples samples) {
    return (filled(samples) - 1) * (1.0 / samples.windowTotal() + 1.0 / samples.referenceTotal());
  }

  private static double rawNats(BinnedSamples samples) {
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double nats = 0;
    for (int i = 0; i < samples.size(); i++) {
      double p = samples.window(i) / n;
      double q = samples.reference(i) / m;
      double middle = (p + q) / 2;
      nats += (p > 0 ? p * Math.log(p / middle) : 0) / 2;
      nats += (q > 0 ? q * Math.log(q / middle) : 0) / 2;
    }
    return nats;
  }

  private static int filled(BinnedSamples samples) {
    int filled = 0;
    for (int i = 0; i < samples.size(); i++) {
      filled += samples.window(i) + samples.reference(i) > 0 ? 1 : 0;
    }
    return filled;
  }
}
