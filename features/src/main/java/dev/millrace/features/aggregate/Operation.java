package dev.millrace.features.aggregate;

import org.jspecify.annotations.Nullable;

/** What a feature computes, and the parts of a {@link Partial} that it is computed from. */
public enum Operation {
  /** How many values there are; {@code Long}, 0 for none. */
  COUNT(0),
  /** Their sum, correctly rounded; {@code Double}, null for none. */
  SUM(Partial.SUM),
  /** Their mean; {@code Double}, null for none. */
  AVG(Partial.SUM),
  /** The smallest; {@code Double}, null for none. */
  MIN(Partial.EXTREMES),
  /** The largest; {@code Double}, null for none. */
  MAX(Partial.EXTREMES),
  /** Their population standard deviation; {@code Double}, 0 for one value, null for none. */
  STDDEV(Partial.SUM | Partial.SQUARES),
  /** The latest by (event time, arrival), of the input's own type; null for none. */
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
