package dev.millrace.schemas.operation;

import dev.millrace.schemas.expression.Type;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The operation by which a feature aggregates the values of its window.
 *
 * <p>A constant is the whole of an operation: its words in the pipeline file, the inputs that it
 * accepts, the type of its result, the {@link Part} that it needs, and how its value follows from
 * the part. The order of the constants is of no significance.
 *
 * <p>Values that are null, NaN, infinite or larger than 2^450 do not count, for any operation.
 */
public enum Operation {
  /** The number of values, or of events if there is no input; 0 for none. */
  COUNT(OperationInput.ANY, Type.LONG, true) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return partial.count();
    }
  },
  /** The number of values per second of the window, which is a sliding one; 0 for none. */
  RATE(OperationInput.ANY, Type.DOUBLE, true) {
    @Override
    public boolean needsLength() {
      return true;
    }

    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return partial.count() / of.windowSeconds();
    }
  },
  /** The sum, correctly rounded. */
  SUM(OperationInput.NUMBER, Type.DOUBLE, new Sums.Spec(false)) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Sums.class).sum();
    }
  },
  /** The arithmetic mean: the sum, correctly rounded, divided by the count. */
  AVG(OperationInput.NUMBER, Type.DOUBLE, new Sums.Spec(false)) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Sums.class).sum() / (double) partial.count();
    }
  },
  /** The share of the values that are true, from 0 to 1. */
  SHARE(OperationInput.BOOLEAN, Type.DOUBLE, new Sums.Spec(false)) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Sums.class).sum() / (double) partial.count();
    }
  },
  /** The population variance, to 13 digits; 0 for one value. */
  VARIANCE(OperationInput.NUMBER, Type.DOUBLE, new Sums.Spec(true)) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Sums.class).variance(partial.count());
    }
  },
  /** The population standard deviation, to 13 digits; 0 for one value. */
  STDDEV(OperationInput.NUMBER, Type.DOUBLE, new Sums.Spec(true)) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Sums.class).stddev(partial.count());
    }
  },
  /** The smallest value. */
  MIN(OperationInput.NUMBER, Type.DOUBLE, new Extremes.Spec()) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Extremes.class).min();
    }
  },
  /** The largest value. */
  MAX(OperationInput.NUMBER, Type.DOUBLE, new Extremes.Spec()) {
    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Extremes.class).max();
    }
  },
  /** {@code p95}: a percentile, within 0.8 % of the exact one ({@link Quantiles}). */
  P(OperationInput.NUMBER, Type.DOUBLE, new Quantiles.Spec()) {
    @Override
    public int maxNumber() {
      return 99;
    }

    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Quantiles.class).quantile(of.number());
    }
  },
  /** The value of the oldest event, by event time. */
  FIRST(OperationInput.SCALAR, null, new Earliest.Spec()) {
    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      Entry first = of.part(partial, Earliest.class).entry();
      return first == null ? null : first.value();
    }
  },
  /** The value of the newest event, by event time. */
  LAST(OperationInput.SCALAR, null, new Latest.Spec(1)) {
    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      return latest(of, partial, 0);
    }
  },
  /** {@code lag_3}: the value of the third event before the newest. */
  LAG(OperationInput.SCALAR, null, null) {
    @Override
    public String word() {
      return "lag_";
    }

    @Override
    public int maxNumber() {
      return 16;
    }

    @Override
    public PartSpec part(@Nullable String argument) {
      return new Latest.Spec(1 + number(argument));
    }

    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      return latest(of, partial, of.number());
    }
  },
  /** Seconds from the newest event to the time as of which the feature is computed. */
  SINCE_LAST(OperationInput.ANY, Type.DOUBLE, new Latest.Spec(1)) {
    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      return seconds(of.part(partial, Latest.class).entry(0), asOfMillis);
    }

    @Override
    public @Nullable Object later(Object value, long asOfMillis, long timeMillis, Window window) {
      return secondsLater((double) value, asOfMillis, timeMillis, window);
    }
  },
  /**
   * Seconds from the event before the newest to the time as of which the feature is computed. In a
   * view of the scored source the newest event is the scored one.
   */
  SINCE_PREVIOUS(OperationInput.ANY, Type.DOUBLE, new Latest.Spec(2)) {
    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      return seconds(of.part(partial, Latest.class).entry(1), asOfMillis);
    }

    @Override
    public @Nullable Object later(Object value, long asOfMillis, long timeMillis, Window window) {
      return secondsLater((double) value, asOfMillis, timeMillis, window);
    }
  },
  /** The number of different values; exact up to 512, then estimated ({@link Distinct}). */
  DISTINCT(OperationInput.SCALAR, Type.LONG, true) {
    @Override
    public PartSpec part(@Nullable String argument) {
      return new Distinct.Spec();
    }

    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Distinct.class).count();
    }
  },
  /**
   * {@code top_2}: the second most frequent value, of equally frequent ones the first by its text;
   * null if there are more than 500 different values ({@link Categories}).
   */
  TOP(OperationInput.CATEGORY, null, new Categories.Spec()) {
    @Override
    public String word() {
      return "top_";
    }

    @Override
    public int maxNumber() {
      return 10;
    }

    @Override
    @Nullable Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Categories.class).top(of.number());
    }
  },
  /** The number of occurrences of a given value, its argument; 0 for none. */
  HISTOGRAM(OperationInput.CATEGORY, Type.LONG, true) {
    @Override
    public boolean needsCategory() {
      return true;
    }

    @Override
    public PartSpec part(@Nullable String argument) {
      return new Histogram.Spec(argument == null ? List.of() : List.of(argument));
    }

    @Override
    Object value(Calculation of, Partial partial, long asOfMillis) {
      return of.part(partial, Histogram.class).count(of.argument());
    }
  };

  private final OperationInput input;
  private final @Nullable Type result;

  @SuppressWarnings("Immutable") // all specifications are records of immutable values
  private final @Nullable PartSpec part;

  /** Whether it has a value, 0, for no values. */
  private final boolean isZeroOfNothing;

  Operation(OperationInput input, @Nullable Type result, @Nullable PartSpec part) {
    this.input = input;
    this.result = result;
    this.part = part;
    this.isZeroOfNothing = false;
  }

  Operation(OperationInput input, Type result, boolean isZeroOfNothing) {
    this.input = input;
    this.result = result;
    this.part = null;
    this.isZeroOfNothing = isZeroOfNothing;
  }

  public OperationInput input() {
    return input;
  }

  /** Whether it needs an input. */
  public boolean needsInput() {
    return input != OperationInput.ANY;
  }

  /** The largest number that follows its word in the file, from 1; 0: none follows. */
  public int maxNumber() {
    return 0;
  }

  /** Whether its argument is one of the values that the input may have. */
  public boolean needsCategory() {
    return false;
  }

  /** Whether it needs a sliding window. */
  public boolean needsLength() {
    return false;
  }

  /** Its word in the file, to which the number is appended if it has one. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type of its result.
   *
   * @param inputType null if there is no input
   */
  public Type resultType(@Nullable Type inputType) {
    if (result != null) {
      return result;
    }
    return inputType == null ? Type.DOUBLE : inputType;
  }

  /** Its result for no values; null if it has none. */
  public @Nullable Object ofNothing() {
    if (!isZeroOfNothing) {
      return null;
    }
    return result == Type.LONG ? (Object) 0L : (Object) 0.0;
  }

  /** What it needs besides the number of values; null: nothing. */
  public @Nullable PartSpec part(@Nullable String argument) {
    return part;
  }

  /** The argument as a number; 0 if it is not one. */
  int number(@Nullable String argument) {
    return argument == null || maxNumber() == 0 ? 0 : Integer.parseInt(argument);
  }

  /** The value for at least one value. */
  abstract @Nullable Object value(Calculation of, Partial partial, long asOfMillis);

  /**
   * A value at a later time, if no event comes meanwhile. It differs for times since events only:
   * values from which an event leaves the window have a row of their own in the online store.
   *
   * @param asOfMillis the time of the value
   * @param timeMillis the later time
   */
  public @Nullable Object later(Object value, long asOfMillis, long timeMillis, Window window) {
    return value;
  }

  private static @Nullable Object latest(Calculation of, Partial partial, int newer) {
    Entry entry = of.part(partial, Latest.class).entry(newer);
    return entry == null ? null : entry.value();
  }

  private static @Nullable Double secondsLater(
      double seconds, long asOfMillis, long timeMillis, Window window) {
    long eventMillis = asOfMillis - Math.round(seconds * 1000);
    return eventMillis < window.tail(timeMillis) ? null : (timeMillis - eventMillis) / 1000.0;
  }

  private static @Nullable Double seconds(@Nullable Entry from, long asOfMillis) {
    return from == null ? null : (asOfMillis - from.timeMillis()) / 1000.0;
  }
}
