package dev.millrace.drift.detect;

/**
 * The difference of two shares as the square of the difference of their log odds, over its mean if
 * both are samples of the same. Shares that vary between windows do so by a factor, such as twice
 * the errors on a bad day, so their log odds are nearer to normal than they are themselves. Half a
 * value is added to the smaller sample's counts, and in proportion to the other's.
 */
final class ShareRatio {
  private static final double ADDED = 0.5;

  /** From this variance of the count on the mean is that of a normal count. */
  private static final double MANY = 50;

  /** Terms of the mean below this part of the largest are left out. */
  private static final double NEGLIGIBLE = 1e-12;

  private final double n;
  private final double m;
  private final double sum;

  private ShareRatio(double n, double m, double sum) {
    this.n = n;
    this.m = m;
    this.sum = sum;
  }

  /**
   * The ratio; 0 where all values, or none, are of the kind.
   *
   * @param x values of the kind among n
   * @param y values of the kind among m
   */
  static double of(long x, long n, long y, long m) {
    double sum = (double) x + y;
    double all = (double) n + m;
    if (n == 0 || m == 0 || sum == 0 || sum == all) {
      return 0;
    }
    ShareRatio ratio = new ShareRatio((double) n, (double) m, sum);
    double share = sum / all;
    double variance = share * (1 - share) * n / all * m;
    double mean =
        variance >= MANY
            ? (1.0 / n + 1.0 / m) / (share * (1 - share))
            : ratio.mean(Math.floor(sum * n / all));
    return mean <= 0 ? 0 : ratio.square((double) x) / mean;
  }

  /** The mean over the hypergeometric distribution of the count among n. */
  private double mean(double middle) {
    double start = Math.max(Math.max(0, sum - m), Math.min(middle, Math.min(n, sum)));
    double weights = 1;
    double squares = square(start);
    double weight = 1;
    for (double x = start; x < Math.min(n, sum) && weight > NEGLIGIBLE; x++) {
      weight *= (sum - x) * (n - x) / ((x + 1) * (m - sum + x + 1));
      weights += weight;
      squares += weight * square(x + 1);
    }
    weight = 1;
    for (double x = start; x > Math.max(0, sum - m) && weight > NEGLIGIBLE; x--) {
      weight *= x * (m - sum + x) / ((sum - x + 1) * (n - x + 1));
      weights += weight;
      squares += weight * square(x - 1);
    }
    return squares / weights;
  }

  private double square(double x) {
    double least = Math.min(n, m);
    double addedToN = ADDED * n / least;
    double addedToM = ADDED * m / least;
    double y = sum - x;
    double difference =
        StrictMath.log((x + addedToN) / (n - x + addedToN))
            - StrictMath.log((y + addedToM) / (m - y + addedToM));
    return difference * difference;
  }
}
