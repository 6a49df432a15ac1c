package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.Prediction;
import java.util.Arrays;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * How much more figures vary than those of independent rows would: rows of one hour share their
 * weather or their campaign. Variances are multiplied by phi.
 *
 * @param phi at least 1
 * @param blocks the number of blocks of time that phi was estimated from; 0: phi is known
 */
public record Overdispersion(double phi, int blocks) {
  /** Of independent rows. */
  public static final Overdispersion NONE = new Overdispersion(1, 0);

  /** Least number of blocks: with fewer phi is hardly known, and the expansion of t inexact. */
  static final int LEAST_BLOCKS = 8;

  /** Checks phi. */
  public Overdispersion {
    if (!(phi >= 1)) {
      throw new IllegalArgumentException("phi must be at least 1, but it is " + phi);
    }
  }

  /**
   * Phi of a share, from the shares of blocks: Pearson's statistic over its degrees of freedom
   * (McCullagh, Nelder: Generalized Linear Models, 1989, section 4.5.2), at least 1.
   *
   * @param rows of each block; blocks without rows are left out
   * @param events of each block
   * @return {@link #NONE} with fewer than 8 blocks with rows
   */
  public static Overdispersion of(long[] rows, long[] events) {
    double share = (double) Arrays.stream(events).sum() / Arrays.stream(rows).sum();
    return of(rows, Arrays.stream(events).asDoubleStream().toArray(), share, share * (1 - share));
  }

  /**
   * Phi of a mean, from the means of blocks, in the same way.
   *
   * @param rows of each block; blocks without rows are left out
   * @param sums of each block
   * @param mean of all rows
   * @param variance of a row
   * @return {@link #NONE} with fewer than 8 blocks with rows
   */
  static Overdispersion of(long[] rows, double[] sums, double mean, double variance) {
    int blocks = (int) Arrays.stream(rows).filter(n -> n > 0).count();
    if (blocks < LEAST_BLOCKS) {
      return NONE;
    }
    if (variance <= 0) {
      return new Overdispersion(1, blocks);
    }
    double pearson = 0;
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] > 0) {
        double gap = sums[i] - rows[i] * mean;
        pearson += gap * gap / (rows[i] * variance);
      }
    }
    return new Overdispersion(Math.max(1, pearson / (blocks - 1)), blocks);
  }

  /**
   * Of a part of the rows that is spread over the same blocks: phi less 1 grows with the number of
   * rows in a block (Kish: Survey Sampling, 1965, the design effect).
   *
   * @param share from 0 to 1
   */
  Overdispersion ofShare(double share) {
    return new Overdispersion(1 + (phi - 1) * share, blocks);
  }

  /**
   * Half the width of a two-sided interval, in standard errors: the quantile of Student's t where
   * phi was estimated, otherwise of the normal distribution.
   *
   * @param alpha 0.05 for 95 % confidence
   */
  double critical(double alpha) {
    double z = normalQuantile(1 - alpha / 2);
    if (blocks == 0) {
      return z;
    }
    // Abramowitz, Stegun: Handbook of Mathematical Functions, 26.7.5.
    double v = blocks - 1;
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    return z
        + (z3 + z) / (4 * v)
        + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
  }

  /** P(T &gt; t) of the same distribution. */
  double upperTail(double t) {
    return blocks == 0 ? Erfc.value(t / Math.sqrt(2)) / 2 : Prediction.student(t, blocks - 1.0);
  }

  /** The normal distribution's quantile. */
  static double normalQuantile(double probability) {
    return -Math.sqrt(2) * InverseErfc.value(2 * probability);
  }
}
