package dev.millrace.drift.detect;

import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * Draws the profiles of windows of independent standard normal rows without drawing the rows.
 *
 * <p>The counts of n independent rows over given bins have the multinomial distribution with the
 * bins' probabilities, so a row is one draw of a bin (alias method; Vose, IEEE Transactions on
 * Software Engineering 17, 1991): one random number and one look-up instead of a normal number and
 * a search among 257 edges. Of the rows themselves a comparison uses only the smallest and the
 * largest, and these only where they are outside of the reference's range ({@link Wasserstein}): of
 * a row in the first or last bin the value is drawn from the tail. So all results have the
 * distribution that they have with real rows. The number of different values is not drawn; no test
 * uses it.
 */
final class NormalWindows {
  private static final double SQRT_2 = Math.sqrt(2);

  private final NumberBins bins;
  private final SplittableRandom random;

  /** The probabilities of the first and of the last bin. */
  private final double below;

  private final double above;

  /** The probability that a draw of a bin stays there, and the other bin that it may go to. */
  private final double[] stays;

  private final int[] others;

  NormalWindows(Reference reference, SplittableRandom random) {
    this.bins = (NumberBins) reference.bins();
    this.random = random;
    int size = bins.size();
    double[] shares = new double[size];
    double before = 0;
    for (int bin = 0; bin < size - 1; bin++) {
      double upTo = Erfc.value(-bins.edge(bin) / SQRT_2) / 2;
      shares[bin] = upTo - before;
      before = upTo;
    }
    // Not 1 - before, which would lose digits.
    shares[size - 1] = Erfc.value(bins.edge(size - 2) / SQRT_2) / 2;
    below = shares[0];
    above = shares[size - 1];
    stays = new double[size];
    others = new int[size];
    fill(shares);
  }

  /** Each bin with less than the average share is filled up by one with more. */
  private void fill(double[] shares) {
    int size = shares.length;
    int[] waiting = new int[size];
    int small = 0;
    int large = size;
    for (int bin = 0; bin < size; bin++) {
      stays[bin] = shares[bin] * size;
      others[bin] = bin;
      waiting[stays[bin] < 1 ? small++ : --large] = bin;
    }
    while (small > 0 && large < size) {
      int less = waiting[--small];
      int more = waiting[large];
      others[less] = more;
      stays[more] -= 1 - stays[less];
      if (stays[more] < 1) {
        waiting[small++] = more;
        large++;
      }
    }
  }

  /** The profile of a window of so many rows. */
  Profile next(int rows) {
    long[] counts = new long[bins.size()];
    int last = counts.length - 1;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < rows; row++) {
      double u = random.nextDouble() * counts.length;
      int drawn = (int) u;
      int bin = u - drawn < stays[drawn] ? drawn : others[drawn];
      counts[bin]++;
      double value = bin == 0 ? -beyond(below) : bin == last ? beyond(above) : bins.edge(bin - 1);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return Profile.of(bins, counts, Map.of(), min, max);
  }

  /** A normal number, given that it is in the upper tail of this probability. */
  private double beyond(double tail) {
    return SQRT_2 * InverseErfc.value(2 * tail * (1 - random.nextDouble()));
  }
}
