package dev.millrace.drift.sequence;

import java.util.List;
import java.util.stream.LongStream;

/**
 * The losses of a regression model, such as absolute errors, as known from labels: clipped at a
 * limit, so that one row cannot decide, and rounded to one of 64 steps, so that sums are integers
 * and do not depend on their order. Larger losses are modelled as an exponential tilt of these
 * (Cramér; Dembo, Zeitouni: "Large Deviations Techniques and Applications", 1998, section 2.2),
 * which needs no other assumption about their distribution.
 *
 * @param limit loss at which larger ones are clipped
 * @param counts number of losses of each level from 0 to 64
 */
public record LossLevels(double limit, List<Long> counts) implements ErrorReference {
  /** The level of the limit. */
  public static final int STEPS = 64;

  /** Share of the losses of the reference that are not clipped. */
  private static final double UNCLIPPED = 0.99;

  /** In standard deviations; that of an error rate of .2 with odds 1.1 times as large. */
  private static final double SMALLEST_SHIFT = 0.4 * StrictMath.log(1.1);

  /** Checks the counts and copies them. */
  public LossLevels {
    if (!(limit > 0) || Double.isInfinite(limit)) {
      throw new IllegalArgumentException("the limit of losses must be positive, but is " + limit);
    }
    counts = List.copyOf(counts);
    long different = counts.stream().filter(count -> count > 0).count();
    if (counts.size() != STEPS + 1 || different < 2) {
      throw new IllegalArgumentException(
          "losses need "
              + (STEPS + 1)
              + " counts of which two are positive, but there are "
              + counts.size()
              + " with "
              + different);
    }
  }

  /**
   * The losses of rows of the reference, clipped at their 99 % quantile; any loss above 0 is at the
   * limit if that is 0. A row without a loss and one at the limit are added, as prior knowledge.
   *
   * @param losses at least 0, in ascending order
   * @param rows with each of them
   */
  public static LossLevels of(double[] losses, long[] rows) {
    long last = (long) (UNCLIPPED * (LongStream.of(rows).sum() - 1));
    int quantile = 0;
    for (long passed = rows[0]; passed <= last; passed += rows[quantile]) {
      quantile++;
    }
    double limit = Math.max(losses[quantile], Float.MIN_NORMAL);
    long[] counts = new long[STEPS + 1];
    counts[0] = 1;
    counts[STEPS] = 1;
    for (int i = 0; i < losses.length; i++) {
      counts[level(losses[i], limit)] += rows[i];
    }
    return new LossLevels(limit, LongStream.of(counts).boxed().toList());
  }

  /** The same losses, each so many times. */
  public LossLevels times(int factor) {
    return new LossLevels(limit, counts.stream().map(count -> factor * count).toList());
  }

  /**
   * The level of a loss, for the sum of a batch.
   *
   * @param loss at least 0
   * @throws IllegalArgumentException if it is negative or NaN
   */
  public int level(double loss) {
    return level(loss, limit);
  }

  private static int level(double loss, double limit) {
    if (!(loss >= 0)) {
      throw new IllegalArgumentException("a loss must be at least 0, but is " + loss);
    }
    return (int) Math.rint(Math.min(loss / limit, 1) * STEPS);
  }

  @Override
  public double labels() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public double errors() {
    double sum = 0;
    for (int level = 1; level <= STEPS; level++) {
      sum += (double) level * counts.get(level);
    }
    return sum / STEPS;
  }

  @Override
  public double unit() {
    return 1.0 / STEPS;
  }

  @Override
  public double logPartition(double t) {
    return Math.max(t, 0) + StrictMath.log(moment(t, 0));
  }

  @Override
  public double mean(double t) {
    return moment(t, 1) / moment(t, 0);
  }

  @Override
  public double variance(double t) {
    double mean = mean(t);
    return moment(t, 2) / moment(t, 0) - mean * mean;
  }

  @Override
  public double smallestShift() {
    return SMALLEST_SHIFT / StrictMath.sqrt(variance(0));
  }

  /** The sum of y^k exp(t y), divided by exp(max(t, 0)) so that it stays finite. */
  private double moment(double t, int k) {
    double sum = 0;
    for (int level = 0; level <= STEPS; level++) {
      double y = (double) level / STEPS;
      double power = k == 0 ? 1 : k == 1 ? y : y * y;
      sum += counts.get(level) * power * StrictMath.exp(t * y - Math.max(t, 0));
    }
    return sum;
  }
}
