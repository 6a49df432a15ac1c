package dev.millrace.features.aggregate;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The partial result of some values of one input, from which the result of every {@link Operation}
 * is computed: {@link #prepare} makes one from a value, {@link #update} adds a value, {@link
 * #merge} adds another partial result, {@link Operation#finish} computes the result.
 *
 * <p>Merging is associative and commutative to the last bit: counts and extremes always are, sums
 * are exact ({@link ExactSum}), and the last value has its event time and its arrival number.
 * {@link #unmerge} subtracts counts and sums again; extremes and the last value cannot be
 * subtracted.
 */
final class Partial {
  static final int SUM = 1;
  static final int SQUARES = 2;
  static final int EXTREMES = 4;
  static final int LAST = 8;
  static final int NUMERIC = SUM | SQUARES | EXTREMES;

  /**
   * The largest magnitude that counts as a number. Below it n^2 times a square stays under 2^1023
   * for any count n that a stream can reach (2^61), so no arithmetic here overflows.
   */
  static final double LIMIT = 0x1p450;

  /** A difference that loses more than six of its 53 bits is computed exactly instead. */
  private static final double CANCELLATION = 64;

  private final int keeps;
  private long count;
  private final @Nullable ExactSum sum;
  private final @Nullable ExactSum squares;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private @Nullable Object last;
  private long lastTimeMillis = Long.MIN_VALUE;
  private long lastArrival = Long.MIN_VALUE;

  /**
   * The partial result without values.
   *
   * @param keeps bit set of its parts
   */
  Partial(int keeps) {
    this.keeps = keeps;
    this.sum = (keeps & SUM) != 0 ? new ExactSum() : null;
    this.squares = (keeps & SQUARES) != 0 ? new ExactSum() : null;
  }

  static Partial prepare(int keeps, Object value, long timeMillis, long arrival) {
    Partial partial = new Partial(keeps);
    partial.update(value, timeMillis, arrival);
    return partial;
  }

  /**
   * Whether a value counts. Null does not count; a number does not if it is NaN, infinite or beyond
   * {@link #LIMIT}.
   */
  static boolean counts(@Nullable Object value) {
    return value != null && (!(value instanceof Double number) || Math.abs(number) <= LIMIT);
  }

  void update(Object value, long timeMillis, long arrival) {
    count++;
    if ((keeps & NUMERIC) != 0) {
      updateNumber(((Number) value).doubleValue());
    }
    takeLast(value, timeMillis, arrival);
  }

  private void updateNumber(double value) {
    double number = value + 0.0; // turns -0.0 into 0.0, since a sum cannot keep the sign of zero
    if (sum != null) {
      sum.add(number);
    }
    if (squares != null) {
      squares.addProduct(number, number);
    }
    min = Math.min(min, number);
    max = Math.max(max, number);
  }

  private void takeLast(@Nullable Object value, long timeMillis, long arrival) {
    if ((keeps & LAST) != 0
        && (timeMillis > lastTimeMillis
            || (timeMillis == lastTimeMillis && arrival > lastArrival))) {
      last = value;
      lastTimeMillis = timeMillis;
      lastArrival = arrival;
    }
  }

  void merge(Partial other) {
    mergeInvertible(other);
    mergeExtremes(other);
    takeLast(other.last, other.lastTimeMillis, other.lastArrival);
  }

  private void mergeInvertible(Partial other) {
    count += other.count;
    if (sum != null) {
      sum.add(Objects.requireNonNull(other.sum));
    }
    if (squares != null) {
      squares.add(Objects.requireNonNull(other.squares));
    }
  }

  /**
   * Subtracts the count and the sums of a partial result that was merged before.
   *
   * @return whether the extremes are still valid; otherwise they must be computed again
   */
  boolean unmerge(Partial other) {
    count -= other.count;
    if (sum != null) {
      sum.subtract(Objects.requireNonNull(other.sum));
    }
    if (squares != null) {
      squares.subtract(Objects.requireNonNull(other.squares));
    }
    return (keeps & EXTREMES) == 0 || (other.min > min && other.max < max);
  }

  void clearExtremes() {
    min = Double.POSITIVE_INFINITY;
    max = Double.NEGATIVE_INFINITY;
  }

  void mergeExtremes(Partial other) {
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
  }

  long count() {
    return count;
  }

  double sum() {
    return Objects.requireNonNull(sum).value();
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  @Nullable Object last() {
    return last;
  }

  long lastTimeMillis() {
    return lastTimeMillis;
  }

  /** Whether its last value is later than the other's, by (event time, arrival). */
  boolean isLaterThan(Partial other) {
    return lastTimeMillis > other.lastTimeMillis
        || (lastTimeMillis == other.lastTimeMillis && lastArrival > other.lastArrival);
  }

  /** sqrt(n * sum(x^2) - sum(x)^2) / n, to 14 digits, however large the mean. */
  double stddev() {
    double n = (double) count;
    double total = sum();
    double squared = n * Objects.requireNonNull(squares).value();
    double scatter = Math.fma(-total, total, squared);
    if (scatter < squared / CANCELLATION) {
      scatter = exactScatter();
    }
    return Math.sqrt(scatter) / n;
  }

  private double exactScatter() {
    ExactSum total = Objects.requireNonNull(sum);
    ExactSum total2 = Objects.requireNonNull(squares);
    ExactSum scatter = new ExactSum();
    for (int i = 0; i < total2.size(); i++) {
      scatter.addProduct((double) count, total2.part(i));
    }
    for (int i = 0; i < total.size(); i++) {
      for (int j = 0; j < total.size(); j++) {
        scatter.addProduct(-total.part(i), total.part(j));
      }
    }
    return Math.max(0, scatter.value());
  }

  /** Its memory on a 64-bit JVM, estimated. */
  int heapBytes() {
    int bytes = 80;
    bytes += sum == null ? 0 : sum.heapBytes();
    bytes += squares == null ? 0 : squares.heapBytes();
    if (last instanceof String text) {
      return bytes + 48 + 2 * text.length();
    }
    return last == null ? bytes : bytes + 16;
  }

  void write(StateWriter out, long tileTimeMillis) {
    out.varint(count);
    if ((keeps & LAST) != 0) {
      out.varint(tileTimeMillis - lastTimeMillis);
      out.varint(lastArrival);
      out.value(Objects.requireNonNull(last));
    }
    if ((keeps & NUMERIC) == 0 || (count == 1 && (keeps & LAST) != 0)) {
      return;
    }
    if (count == 1) {
      out.number(sum != null ? sum.value() : min);
      return;
    }
    writeSum(out, sum);
    writeSum(out, squares);
    if ((keeps & EXTREMES) != 0) {
      out.number(min);
      out.number(max);
    }
  }

  private static void writeSum(StateWriter out, @Nullable ExactSum sum) {
    if (sum != null) {
      out.varint(sum.size());
      for (int i = 0; i < sum.size(); i++) {
        out.number(sum.part(i));
      }
    }
  }

  /** Reads what {@link #write} wrote; null for a count of 0, which means a slot without values. */
  static @Nullable Partial read(StateReader in, int keeps, long tileTimeMillis) {
    long count = in.varint();
    if (count == 0) {
      return null;
    }
    Partial partial = new Partial(keeps);
    partial.count = count;
    if ((keeps & LAST) != 0) {
      partial.lastTimeMillis = tileTimeMillis - in.varint();
      partial.lastArrival = in.varint();
      partial.last = in.value();
    }
    if ((keeps & NUMERIC) != 0) {
      partial.readNumbers(in);
    }
    return partial;
  }

  private void readNumbers(StateReader in) {
    if (count == 1) {
      updateNumber(last != null ? ((Number) last).doubleValue() : in.number());
      return;
    }
    readSum(in, sum);
    readSum(in, squares);
    if ((keeps & EXTREMES) != 0) {
      min = in.number();
      max = in.number();
    }
  }

  private static void readSum(StateReader in, @Nullable ExactSum sum) {
    if (sum != null) {
      for (long i = in.varint(); i > 0; i--) {
        sum.add(in.number());
      }
    }
  }
}
