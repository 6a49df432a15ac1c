package dev.millrace.features.aggregate;

import org.jspecify.annotations.Nullable;

/** The operation of a feature, and the parts of a {@link Partial} that it needs. */
public enum Operation {
  /** The number of values; {@code Long}, 0 for none. */
  COUNT(0),
  /** The sum, correctly rounded; {@code Double}, null for none. */
  SUM(Partial.SUM),
  /** The mean; {@code Double}, null for none. */
  AVG(Partial.SUM),
  /** The smallest value; {@code Double}, null for none. */
  MIN(Partial.EXTREMES),
  /** The largest value; {@code Double}, null for none. */
  MAX(Partial.EXTREMES),
  /** The population standard deviation; {@code Double}, 0 for one value, null for none. */
  STDDEV(Partial.SUM | Partial.SQUARES),
  /** The latest value by (event time, arrival), of the input's own type; null for none. */
  LAST(Partial.LAST);

  final int keeps;

  Operation(int keeps) {
    this.keeps = keeps;
  }

  /** The feature's value from the partial result of its window. */
  @Nullable Object finish(Partial partial) {
    if (this == COUNT) {
      return partial.count();
    }
    if (partial.count() == 0) {
      return null;
    }
    return switch (this) {
      case COUNT -> partial.count();
      case SUM -> partial.sum();
      case AVG -> partial.sum() / (double) partial.count();
      case MIN -> partial.min();
      case MAX -> partial.max();
      case STDDEV -> partial.stddev();
      case LAST -> partial.last();
    };
  }
}
