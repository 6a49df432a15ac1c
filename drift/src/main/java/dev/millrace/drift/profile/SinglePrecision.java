package dev.millrace.drift.profile;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Numbers as they are counted, in training and in windows: in single precision. Models take and
 * compute numbers so, predictions carry what the model saw, and training rows may have more digits.
 * A value is to fall into the same bin on both sides, above all one so frequent that it has a bin
 * of its own.
 */
public final class SinglePrecision {
  private SinglePrecision() {}

  /** The nearest float; of a number beyond their range the largest one, since it is finite. */
  public static double of(double value) {
    float nearest = (float) value;
    return Float.isInfinite(nearest) && Double.isFinite(value)
        ? Math.copySign(Float.MAX_VALUE, value)
        : nearest;
  }

  /** See {@link Reference#inSinglePrecision()}. */
  static Reference of(Reference reference) {
    Profile profile = reference.profile();
    if (!(reference.bins() instanceof NumberBins bins) || profile.binned() == 0) {
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
    Map<Unbinned, Long> unbinned = new EnumMap<>(Unbinned.class);
    for (Unbinned kind : Unbinned.values()) {
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
