package dev.millrace.drift.detect;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The counts of two samples over the same bins: the window and the reference. */
final class BinnedSamples {
  /** Largest deviation of a count that still counts as chance. */
  private static final double DEVIATIONS = 3;

  private final long[] window;
  private final long[] reference;

  /** Keeps the arrays without copying; they have the same length. */
  BinnedSamples(long[] window, long[] reference) {
    this.window = window;
    this.reference = reference;
  }

  long window(int bin) {
    return window[bin];
  }

  long reference(int bin) {
    return reference[bin];
  }

  long windowTotal() {
    return sum(window);
  }

  long referenceTotal() {
    return sum(reference);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  int size() {
    return window.length;
  }

  /** A copy with one more bin. */
  BinnedSamples with(long windowCount, long referenceCount) {
    long[] w = Arrays.copyOf(window, size() + 1);
    long[] r = Arrays.copyOf(reference, size() + 1);
    w[size()] = windowCount;
    r[size()] = referenceCount;
    return new BinnedSamples(w, r);
  }

  /**
   * Adds to the bin {@code rest} those bins before it whose counts in the reference may be high
   * only by chance. The bins are the reference's most frequent categories, so their counts are too
   * high on average where other categories are about as frequent. Only the sum over both samples
   * decides: where the sum makes it almost certain that the reference's share of it exceeds the
   * least count of a bin, the choice does not depend on their difference.
   */
  BinnedSamples poolChosenByChance(int rest) {
    if (rest == 0 || rest >= size() || reference[rest] == 0) {
      return this;
    }
    double share = referenceTotal() / (double) (referenceTotal() + windowTotal());
    long least = Arrays.stream(reference, 0, rest).min().orElse(0);
    long[] w = window.clone();
    long[] r = reference.clone();
    for (int i = 0; i < rest; i++) {
      double sum = (double) window[i] + reference[i];
      double deviation = Math.sqrt(sum * share * (1 - share));
      if (sum * share - DEVIATIONS * deviation <= least) {
        w[rest] += window[i];
        r[rest] += reference[i];
        w[i] = 0;
        r[i] = 0;
      }
    }
    return new BinnedSamples(w, r);
  }

  /**
   * Pools the bins whose expected count in the smaller sample, both samples taken together, is
   * below {@code least}, and those from {@code rest} on; if the pool is still too small, the
   * smallest other bin is added to it. Only the bins' sums over both samples decide, and these do
   * not depend on their difference.
   */
  BinnedSamples poolSparse(double least, int rest) {
    double n = windowTotal();
    double m = referenceTotal();
    double share = Math.min(n, m) / (n + m);
    long[] w = new long[size() + 1];
    long[] r = new long[size() + 1];
    int kept = 0;
    for (int i = 0; i < size(); i++) {
      boolean sparse = i >= rest || (window[i] + reference[i]) * share < least;
      int to = sparse ? size() : kept++;
      w[to] += window[i];
      r[to] += reference[i];
    }
    long pool = w[size()] + r[size()];
    if (pool > 0) {
      int to = kept;
      if (pool * share < least && kept > 0) {
        to = smallest(w, r, kept);
      } else {
        kept++;
      }
      long poolWindow = w[size()];
      long poolReference = r[size()];
      w[size()] = 0;
      r[size()] = 0;
      w[to] += poolWindow;
      r[to] += poolReference;
    }
    return new BinnedSamples(Arrays.copyOf(w, kept), Arrays.copyOf(r, kept));
  }

  private static int smallest(long[] w, long[] r, int size) {
    int smallest = 0;
    for (int i = 1; i < size; i++) {
      if (w[i] + r[i] < w[smallest] + r[smallest]) {
        smallest = i;
      }
    }
    return smallest;
  }

  /** The bins in which the reference has values. */
  BinnedSamples inReference() {
    long[] w = new long[size()];
    long[] r = new long[size()];
    int filled = 0;
    for (int i = 0; i < size(); i++) {
      if (reference[i] > 0) {
        w[filled] = window[i];
        r[filled++] = reference[i];
      }
    }
    return new BinnedSamples(Arrays.copyOf(w, filled), Arrays.copyOf(r, filled));
  }

  /**
   * Joins neighbours to about {@code groups} bins with equal shares of the reference. A group
   * begins only at a bin in which the reference has values, so the reference has values in every
   * group.
   */
  BinnedSamples mergeNeighbours(int groups) {
    return mergeNeighbours(groups, reference);
  }

  /**
   * Joins neighbours to about {@code groups} bins with equal shares of both samples together. Only
   * the bins' sums decide, and these do not depend on the difference of the samples.
   */
  BinnedSamples mergeNeighboursOfBoth(int groups) {
    return mergeNeighbours(
        groups, IntStream.range(0, size()).mapToLong(i -> window[i] + reference[i]).toArray());
  }

  private BinnedSamples mergeNeighbours(int groups, long[] by) {
    long[] w = new long[size()];
    long[] r = new long[size()];
    double total = sum(by);
    long before = 0;
    long inLast = 0;
    int last = -1;
    long group = -1;
    for (int i = 0; i < size(); i++) {
      long next = total == 0 ? 0 : (long) (before / total * groups);
      if (last < 0 || (by[i] > 0 && next != group && inLast > 0)) {
        last++;
        group = next;
        inLast = 0;
      }
      w[last] += window[i];
      r[last] += reference[i];
      inLast += by[i];
      before += by[i];
    }
    return new BinnedSamples(Arrays.copyOf(w, last + 1), Arrays.copyOf(r, last + 1));
  }

  @Override
  public String toString() {
    return Arrays.toString(window) + " against " + Arrays.toString(reference);
  }
}
