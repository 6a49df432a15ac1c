package dev.millrace.drift.profile;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Converts numbers to single precision, in which they are counted in training and in windows.
 * Models compute in single precision, predictions contain the model's input, and training rows may
 * have more digits. A value must fall into the same bin on both sides, above all a value so
 * frequent that it has its own bin.
 */
public final class SinglePrecision {
  private SinglePrecision() {}

  /** The nearest float; for a finite number beyond the range of floats, the largest float. */
  public static double of(double value) {
    float nearest = (float) value;
    return Float.isInfinite(nearest) && Double.isFinite(value)
        ? Math.copySign(Float.MAX_VALUE, value)
        : nearest;
  }

  /** See {@link Reference#inSinglePrecision()}. */
  static Reference of(Reference reference) {
    Profile profile = reference.profile();
    if (!(reference.bins() instanceof NumberBins bins) || !Double.isFinite(profile.max())) {
      return reference;
    }
    double[] edges = bins.edges();
    double[] moved = new double[edges.length];
    TreeSet<Double> distinct = new TreeSet<>();
    for (int i = 0; i < edges.length; i++) {
      double value = Math.nextDown(edges[i]);
      boolean above = (i > 0 && edges[i - 1] == value) || value == profile.max();
      moved[i] = above ? Math.nextUp(of(value)) : of(edges[i]);
      distinct.add(moved[i]);
    }
    NumberBins single = NumberBins.of(distinct.stream().mapToDouble(Double::doubleValue).toArray());
    long[] counts = new long[single.size()];
    counts[0] = profile.count(0);
    for (int i = 0; i < moved.length; i++) {
      counts[single.bin(moved[i])] += profile.count(i + 1);
    }
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, profile.count(kind));
    }
    return new Reference(
        reference.feature(),
        Profile.of(single, counts, unbinned, of(profile.min()), of(profile.max())),
        reference.mean(),
        reference.sd(),
        reference.distinct(),
        reference.singletons(),
        reference.doubletons());
  }
}
