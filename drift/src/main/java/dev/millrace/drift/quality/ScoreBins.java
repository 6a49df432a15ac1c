package dev.millrace.drift.quality;

/**
 * Fixed bins of scores from 0 to 1, the same for every model, so that histograms of any source add
 * up. A bin is at most 1/256 wide. Towards 0 and 1 bins become narrower, as the scores of rare
 * classes need: their width is at most 1/8 of the distance to 0 or 1, down to a distance of 2^-16.
 */
public final class ScoreBins {
  /** The number of bins. */
  public static final int COUNT = 418;

  private static final int HALF = COUNT / 2;

  /** Scores below 2^-16 are in one bin, and so are those above 1 - 2^-16. */
  private static final int LEAST_EXPONENT = -16;

  private static final int MANTISSA_BITS = 52;

  private ScoreBins() {}

  /** The bin of a score; scores below 0 are in the first one, those above 1 in the last. */
  static int index(double score) {
    return score < 0.5 ? half(score) : COUNT - 1 - half(1 - score);
  }

  /** A score in the middle of a bin. */
  static double middle(int bin) {
    return bin < HALF
        ? (lower(bin) + lower(bin + 1)) / 2
        : 1 - (lower(COUNT - 1 - bin) + lower(COUNT - bin)) / 2;
  }

  /** The lower bound of a bin below 1/2; HALF gives 1/2. */
  private static double lower(int bin) {
    if (bin == 0) {
      return 0;
    }
    int exponent = LEAST_EXPONENT;
    int first = 1;
    while (bin >= first + (1 << bits(exponent)) && exponent < -2) {
      first += 1 << bits(exponent);
      exponent++;
    }
    return Math.scalb(1 + (double) (bin - first) / (1 << bits(exponent)), exponent);
  }

  private static int half(double score) {
    int exponent = Math.getExponent(score);
    if (score <= 0 || exponent < LEAST_EXPONENT) {
      return 0;
    }
    int first = 1;
    for (int each = LEAST_EXPONENT; each < exponent; each++) {
      first += 1 << bits(each);
    }
    int bits = bits(exponent);
    long mantissa = Double.doubleToLongBits(score) & ((1L << MANTISSA_BITS) - 1);
    return Math.min(HALF - 1, first + (int) (mantissa >>> (MANTISSA_BITS - bits)));
  }

  /** The binary logarithm of the number of bins between two powers of 2. */
  private static int bits(int exponent) {
    return exponent < -5 ? 3 : exponent + 8;
  }
}
