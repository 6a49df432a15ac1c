package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of a feature whose bins are not known to the tasks that count: numbers in {@link
 * NumberCells}, other values in {@link CategoryBuckets}. {@link CutFeature} adds the cells up to
 * bins. Not thread-safe.
 */
public final class UncutCounts implements FeatureCounts {
  private static final byte FORMAT = 1;

  private final @Nullable NumberCells numbers;
  private final CategoryBuckets categories;
  private final Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  UncutCounts(boolean numeric) {
    this(numeric ? new NumberCells() : null, new CategoryBuckets());
  }

  private UncutCounts(@Nullable NumberCells numbers, CategoryBuckets categories) {
    this.numbers = numbers;
    this.categories = categories;
  }

  @Override
  public void addObject(@Nullable Object value) {
    if (value == null) {
      add(UnbinnedKind.NULL, 1);
    } else if (value instanceof Number number) {
      add(number.doubleValue());
    } else if (numbers == null
        && (value instanceof CharSequence || value instanceof Boolean || value instanceof Enum)) {
      categories.add(value.toString());
    } else {
      add(UnbinnedKind.WRONG_TYPE, 1);
    }
  }

  /** Counts a number; for categories it is {@code WRONG_TYPE}. */
  void add(double value) {
    if (numbers == null) {
      add(UnbinnedKind.WRONG_TYPE, 1);
    } else if (Math.abs(value) <= Double.MAX_VALUE) {
      numbers.add(value);
      double single = SinglePrecision.of(value);
      min = Math.min(min, single);
      max = Math.max(max, single);
    } else {
      add(Double.isNaN(value) ? UnbinnedKind.NAN : UnbinnedKind.INFINITE, 1);
    }
  }

  private void add(UnbinnedKind kind, long times) {
    if (times > 0) {
      unbinned.merge(kind, times, Long::sum);
    }
  }

  @Override
  public UncutCounts merge(FeatureCounts counted) {
    if (!(counted instanceof UncutCounts other) || (numbers == null) != (other.numbers == null)) {
      throw new IllegalArgumentException("counts over cells of the same type expected");
    }
    if (numbers != null && other.numbers != null) {
      numbers.merge(other.numbers);
    }
    categories.merge(other.categories);
    other.unbinned.forEach(this::add);
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    return this;
  }

  /** The number of values, those without a cell included. */
  public long total() {
    long inCells = numbers == null ? categories.total() : numbers.total();
    return inCells + unbinned.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The cells of numbers, in ascending order; null if the feature is not numeric. */
  @Nullable List<NumberCells.Cell> cells() {
    return numbers == null ? null : numbers.cells();
  }

  CategoryBuckets categories() {
    return categories;
  }

  Map<UnbinnedKind, Long> unbinned() {
    return unbinned;
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  @Override
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(FORMAT);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      Varints.put(out, unbinned.getOrDefault(kind, 0L));
    }
    if (numbers == null) {
      categories.writeTo(out);
    } else {
      out.writeBytes(ByteBuffer.allocate(2 * Double.BYTES).putDouble(min).putDouble(max).array());
      numbers.writeTo(out);
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toBytes()} wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged
   */
  static UncutCounts fromBytes(boolean numeric, byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      byte format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "counts in format " + format + "; this release reads format " + FORMAT);
      }
      Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
      for (UnbinnedKind kind : UnbinnedKind.values()) {
        unbinned.put(kind, Varints.get(in));
      }
      double min = numeric ? in.getDouble() : Double.POSITIVE_INFINITY;
      double max = numeric ? in.getDouble() : Double.NEGATIVE_INFINITY;
      UncutCounts counts =
          numeric
              ? new UncutCounts(NumberCells.read(in), new CategoryBuckets())
              : new UncutCounts(null, CategoryBuckets.read(in));
      unbinned.forEach(counts::add);
      counts.min = min;
      counts.max = max;
      return counts;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("counts cut off after " + bytes.length + " bytes", e);
    }
  }
}
