package dev.millrace.drift.profile;

import java.util.Arrays;

/**
 * Bins of a numeric feature: the real line split at ascending edges. Bin {@code i} holds {@code
 * edge[i-1] <= v < edge[i]}; the first bin lies below the reference's smallest value and the last
 * beyond its largest. A heavy value {@code a} has a bin of its own, the one from {@code a} to the
 * next double.
 */
public final class NumberBins implements Bins {
  private final double[] edges;

  private NumberBins(double[] edges) {
    this.edges = edges;
  }

  /**
   * @param edges finite and strictly ascending; an empty array makes a single bin
   * @throws IllegalArgumentException when they are not
   */
  public static NumberBins of(double... edges) {
    double[] copy = new double[edges.length];
    for (int i = 0; i < edges.length; i++) {
      copy[i] = edges[i] + 0.0; // -0.0 becomes 0.0
      if (!Double.isFinite(copy[i]) || (i > 0 && copy[i] <= copy[i - 1])) {
        throw new IllegalArgumentException(
            "bin edges must be finite and strictly ascending, but edge "
                + i
                + " is "
                + edges[i]
                + (i > 0 ? " after " + edges[i - 1] : ""));
      }
    }
    return new NumberBins(copy);
  }

  /** The bin of a finite value. */
  public int bin(double value) {
    double[] e = edges;
    if (e.length == 0) {
      return 0;
    }
    // The number of steps does not depend on the value and the choice compiles to a conditional
    // move, so random values do not cause mispredicted branches.
    int base = 0;
    for (int length = e.length; length > 1; ) {
      int half = length >>> 1;
      base = e[base + half - 1] <= value ? base + half : base;
      length -= half;
    }
    return e[base] <= value ? base + 1 : base;
  }

  @Override
  public int size() {
    return edges.length + 1;
  }

  /** A copy of the edges, ascending. */
  public double[] edges() {
    return edges.clone();
  }

  /** The edge between bin {@code i} and bin {@code i + 1}. */
  public double edge(int i) {
    return edges[i];
  }

  /** Whether a bin holds a single value only. */
  public boolean isAtom(int bin) {
    return bin > 0 && bin < edges.length && edges[bin] == Math.nextUp(edges[bin - 1]);
  }

  @Override
  public String label(int bin) {
    if (edges.length == 0) {
      return "any";
    }
    if (bin == 0) {
      return "< " + edges[0];
    }
    if (bin == edges.length) {
      return ">= " + edges[bin - 1];
    }
    return isAtom(bin)
        ? Double.toString(edges[bin - 1])
        : "[" + edges[bin - 1] + ", " + edges[bin] + ")";
  }

  @Override
  public long fingerprint() {
    long hash = edges.length;
    for (double edge : edges) {
      hash = Hashes.mix(hash ^ Double.doubleToLongBits(edge));
    }
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumberBins that && Arrays.equals(edges, that.edges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  @Override
  public String toString() {
    return "NumberBins" + Arrays.toString(edges);
  }
}
