package dev.millrace.drift.sequence;

/** The changes that a {@link ConceptDetector} searches for, and the weight of each. */
final class Shifts {
  /** Sizes of change in each direction; equal factors of the odds between them. */
  static final int SIZES = 16;

  static final int COUNT = 2 * SIZES;

  /** Odds grow by a factor of 1.1 to 10, or other errors in proportion: 24 times as much. */
  private static final double LARGEST_TO_SMALLEST = StrictMath.log(10) / StrictMath.log(1.1);

  /**
   * Weights fall by a factor e with each 0.6 / ln 1.1 smallest shifts, an odds ratio of 1.8: a
   * Laplace prior. With equal weights changes of the odds by a third take 12 % longer to find.
   */
  private static final double WEIGHT_SCALE = 0.6 / StrictMath.log(1.1);

  /** The share of the budget that is spent on fewer errors, which do no harm. */
  private static final double BETTER_PART = 0.05;

  private final double[] shifts = new double[COUNT];
  private final double[] weights = new double[COUNT];

  /**
   * @param smallest shift of the parameter of the errors
   */
  Shifts(double smallest) {
    double sum = 0;
    for (int i = 0; i < SIZES; i++) {
      double relative = 1 + (LARGEST_TO_SMALLEST - 1) * i / (SIZES - 1);
      shifts[i] = smallest * relative;
      shifts[SIZES + i] = -shifts[i];
      weights[i] = StrictMath.exp(-relative / WEIGHT_SCALE);
      sum += weights[i];
    }
    for (int i = 0; i < SIZES; i++) {
      weights[SIZES + i] = BETTER_PART * weights[i] / sum;
      weights[i] *= (1 - BETTER_PART) / sum;
    }
  }

  double shift(int j) {
    return shifts[j];
  }

  double weight(int j) {
    return weights[j];
  }

  /** Whether errors become more. */
  static boolean worse(int j) {
    return j < SIZES;
  }
}
