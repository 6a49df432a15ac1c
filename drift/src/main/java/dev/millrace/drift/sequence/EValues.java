package dev.millrace.drift.sequence;

/**
 * Evidence against "nothing has changed" in one window. An e-value is at least 0 and on average at
 * most 1 while nothing has changed, so that e-values of successive windows may be multiplied.
 *
 * <p>All values come from {@link StrictMath}: they are the same to the last bit on every machine.
 */
public final class EValues {
  /** Below this, -ln p loses digits in the closed form and the series is exact in ten terms. */
  private static final double SERIES_BELOW = 0.1;

  private static final int SERIES_TERMS = 10;

  private EValues() {}

  /**
   * The e-value of a p-value: e = (1 - p + p ln p) / (p ln² p), the average of the calibrators a
   * p^(a-1) over a from 0 to 1 (Vovk, Wang: "E-values: calibration, combination and applications",
   * Annals of Statistics 49, 2021, section 2). It integrates to 1 over p; at p = 1 it is 1/2.
   *
   * @param p above 0, at most 1; valid if on average at most a share u of windows has p &lt;= u
   * @throws IllegalArgumentException if p is not in (0, 1]
   */
  public static double ofPValue(double p) {
    if (!(p > 0 && p <= 1)) {
      throw new IllegalArgumentException("a p-value must be above 0 and at most 1, but is " + p);
    }
    // With l = -ln p this is (exp(l) - 1 - l) / l², that is the sum of l^k / (k + 2)!.
    double l = -StrictMath.log(p);
    if (l >= SERIES_BELOW) {
      // Subnormal p-values would give infinity, which no state can be continued from.
      return Math.min((StrictMath.expm1(l) - l) / (l * l), Double.MAX_VALUE);
    }
    double sum = 0;
    for (int k = SERIES_TERMS; k >= 1; k--) {
      sum = (1 + sum) * l / (k + 2);
    }
    return (1 + sum) / 2;
  }

  /**
   * The e-value of the rank of a window's value among those of earlier calm windows: {@link
   * #ofPValue} averaged over the p-values that a conformal test with random tie-breaking would draw
   * from (Vovk, Gammerman, Shafer: "Algorithmic Learning in a Random World", 2005, section 2.4).
   * Their average needs no random number, and over the ranks it is exactly 1. It needs no
   * distribution of the values, only that calm windows could have come in any order; where those
   * near each other are alike, they count as fewer. It is at most about n / ln n with n values.
   *
   * @param share of the earlier values that are at least as large, from 0 to 1
   * @param effective how many independent values the earlier ones are worth, above 0
   * @throws IllegalArgumentException if the share is not from 0 to 1
   */
  public static double ofShare(double share, double effective) {
    if (!(share >= 0 && share <= 1) || !(effective > 0)) {
      throw new IllegalArgumentException(
          "a share must be from 0 to 1, of a positive number of values, but they are "
              + share
              + " and "
              + effective);
    }
    double n = effective + 1;
    double least = share * effective / n;
    return n * (integral(Math.min(1, least + 1 / n)) - integral(least));
  }

  /** The integral of {@link #ofPValue} from 0 to p: (1 - p) / -ln p. */
  private static double integral(double p) {
    if (p == 0 || p == 1) {
      return p;
    }
    double log = StrictMath.log(p);
    return StrictMath.expm1(log) / log;
  }
}
