package dev.millrace.drift.sequence;

import java.util.SplittableRandom;

/**
 * Errors of single rows: each repeats the one before with some probability, and is drawn anew
 * otherwise. The dispersion of their sums is (1 + repeat) / (1 - repeat).
 */
final class ErrorStream {
  private static final long EXACT = 10_000_000;

  private final SplittableRandom random;
  private final double repeat;
  private final double firstRate;
  private boolean last;
  private long rows;

  ErrorStream(long seed, double repeat, double rate) {
    this.random = new SplittableRandom(seed);
    this.repeat = repeat;
    this.firstRate = rate;
    this.last = random.nextDouble() < rate;
  }

  ErrorBatch next(double rate) {
    return next(rate, 1, 1);
  }

  ErrorBatch next(double rate, int labels, double span) {
    long start = rows;
    long errors = 0;
    for (int i = 0; i < labels; i++) {
      boolean repeated = repeat > 0 && random.nextDouble() < repeat;
      last = repeated ? last : random.nextDouble() < rate;
      errors += last ? 1 : 0;
      rows++;
    }
    return new ErrorBatch(start, span, labels, errors);
  }

  /** A reference of so many labels with the first error rate. */
  ErrorRate reference(int labels) {
    ErrorBatch batch = next(firstRate, labels, 0);
    rows = 0;
    return new ErrorRate(batch.labels(), batch.errors());
  }

  /** A reference that is as good as exact. */
  ErrorRate exactReference() {
    return new ErrorRate(EXACT, Math.round(firstRate * EXACT));
  }
}
