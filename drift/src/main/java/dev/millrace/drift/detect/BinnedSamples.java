package dev.millrace.drift.detect;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The counts of two samples over the same bins: the window and the reference. */
final class BinnedSamples {
  /** Of a count that is still taken for chance. */
  private static final double DEVIATIONS = 3;

  private final long[] window;
  private final long[] reference;

  /** Takes the arrays over; they are as long as each other. */
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
    return Arrays.stream(window).sum();
  }

  long referenceTotal() {
    return Arrays.stream(reference).sum();
  }

  int size() {
    return window.length;
  }

  /** These bins and one more. */
  BinnedSamples with(long windowCount, long referenceCount) {
    long[] w = Arrays.copyOf(window, size() + 1);
    long[] r = Arrays.copyOf(reference, size() + 1);
    w[size()] = windowCount;
    r[size()] = referenceCount;
    return new BinnedSamples(w, r);
  }

  /**
   * Adds to the bin {@code rest} those before it that may have a bin only because their counts in
   * the reference are high by chance. The reference's most frequent categories have one, so their
   * counts are too high on average where others are about as frequent. Only the sum over both
   * samples decides: where a sum leaves it almost certain that the reference's part of it exceeds
   * the least count that was enough for a bin, the choice says nothing about their difference.
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
   * below {@code least}, and those from {@code rest} on; the pool joins the smallest other bin
   * where it is still too small itself. Only the bins' sums over both samples decide, which says
   * nothing about their difference.
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

  /** Only the bins that the reference fills. */
  BinnedSamples inReference() {
    int[] filled = IntStream.range(0, size()).filter(i -> reference[i] > 0).toArray();
    return new BinnedSamples(
        Arrays.stream(filled).mapToLong(i -> window[i]).toArray(),
        Arrays.stream(filled).mapToLong(i -> reference[i]).toArray());
  }

  /**
   * Joins neighbours to about {@code groups} bins of equal share of the reference. A group begins
   * only at a bin that the reference fills, so none is empty of it.
   */
  BinnedSamples mergeNeighbours(int groups) {
    long[] w = new long[size()];
    long[] r = new long[size()];
    double total = referenceTotal();
    long before = 0;
    int last = -1;
    long group = -1;
    for (int i = 0; i < size(); i++) {
      long next = total == 0 ? 0 : (long) (before / total * groups);
      if (last < 0 || (reference[i] > 0 && next != group && r[last] > 0)) {
        last++;
        group = next;
      }
      w[last] += window[i];
      r[last] += reference[i];
      before += reference[i];
    }
    return new BinnedSamples(Arrays.copyOf(w, last + 1), Arrays.copyOf(r, last + 1));
  }

  @Override
  public String toString() {
    return Arrays.toString(window) + " against " + Arrays.toString(reference);
  }
}
