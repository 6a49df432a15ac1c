package dev.millrace.drift.profile;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often a feature's values fell into each bin, and how many had no bin. Counts, extremes and
 * the distinct-count registers merge exactly: any split of the values over any number of profiles,
 * merged in any order, gives the same profile to the bit. Not thread-safe.
 */
public final class Profile implements FeatureCounts {
  private final Bins bins;
  private final @Nullable NumberBins numbers;
  private final long[] counts;
  private final Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
  private @Nullable Distinct distinct;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /** An empty profile. */
  public Profile(Bins bins) {
    this.bins = bins;
    this.numbers = bins instanceof NumberBins n ? n : null;
    this.counts = new long[bins.size()];
  }

  /**
   * A profile of known counts, such as a reference's, without distinct count.
   *
   * @param counts one per bin
   * @param min positive infinity if there are no numbers
   * @param max negative infinity if there are no numbers
   */
  public static Profile of(
      Bins bins, long[] counts, Map<UnbinnedKind, Long> unbinned, double min, double max) {
    if (counts.length != bins.size()) {
      throw new IllegalArgumentException(
          bins.size() + " counts expected, one per bin, not " + counts.length);
    }
    return restore(bins, counts, unbinned, min, max, null);
  }

  static Profile restore(
      Bins bins,
      long[] counts,
      Map<UnbinnedKind, Long> unbinned,
      double min,
      double max,
      @Nullable Distinct distinct) {
    Profile profile = new Profile(bins);
    System.arraycopy(counts, 0, profile.counts, 0, profile.counts.length);
    unbinned.forEach(profile::add);
    profile.min = min;
    profile.max = max;
    profile.distinct = distinct;
    return profile;
  }

  /**
   * Counts a number; NaN and infinities separately; for categories it is {@code WRONG_TYPE}.
   *
   * @return its cell, see {@link Bins#cell}
   */
  public int add(double value) {
    NumberBins bins = numbers;
    if (bins == null) {
      return add(UnbinnedKind.WRONG_TYPE);
    }
    if (Math.abs(value) <= Double.MAX_VALUE) {
      int bin = bins.bin(value);
      counts[bin]++;
      min = Math.min(min, value);
      max = Math.max(max, value);
      distinct(Hashes.mix(Double.doubleToRawLongBits(value + 0.0)));
      return bin;
    }
    return add(Double.isNaN(value) ? UnbinnedKind.NAN : UnbinnedKind.INFINITE);
  }

  /**
   * Counts a category; for numbers it is {@code WRONG_TYPE}.
   *
   * @return its cell, see {@link Bins#cell}
   */
  public int add(String value) {
    if (bins instanceof CategoryBins categories) {
      int bin = categories.bin(value);
      counts[bin]++;
      distinct(Hashes.of(value));
      return bin;
    }
    return add(UnbinnedKind.WRONG_TYPE);
  }

  /**
   * Counts a missing value.
   *
   * @return its cell, see {@link Bins#cell}
   */
  public int addNull() {
    return add(UnbinnedKind.NULL);
  }

  private int add(UnbinnedKind kind) {
    add(kind, 1);
    return bins.cell(kind);
  }

  /**
   * Counts a value of an Avro record or a map: a number, text (also enum symbols), a boolean or
   * null; anything else as {@code WRONG_TYPE}.
   */
  @Override
  public void addObject(@Nullable Object value) {
    addToCell(value);
  }

  /**
   * Counts a value as {@link #addObject} does.
   *
   * @return its cell, see {@link Bins#cell}
   */
  public int addToCell(@Nullable Object value) {
    if (value == null) {
      return addNull();
    }
    if (value instanceof Number number) {
      return add(number.doubleValue());
    }
    return value instanceof CharSequence || value instanceof Boolean || value instanceof Enum
        ? add(value.toString())
        : add(UnbinnedKind.WRONG_TYPE);
  }

  /** Counts {@code times} values of one kind without a bin. */
  public void add(UnbinnedKind kind, long times) {
    if (times > 0) {
      unbinned.merge(kind, times, Long::sum);
    }
  }

  /**
   * Adds another profile's content to this one.
   *
   * @throws IllegalArgumentException if it was counted over other bins
   */
  @Override
  public Profile merge(FeatureCounts counted) {
    if (!(counted instanceof Profile other)) {
      throw new IllegalArgumentException("counts over bins expected, not over cells");
    }
    if (!bins.equals(other.bins)) {
      throw new IllegalArgumentException(
          "profiles of different bins cannot be merged: "
              + Long.toHexString(bins.fingerprint())
              + " and "
              + Long.toHexString(other.bins.fingerprint())
              + "; were they counted against different references?");
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    other.unbinned.forEach(this::add);
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    if (other.distinct != null) {
      distinct = distinct == null ? other.distinct.copy() : distinct.merge(other.distinct);
    }
    return this;
  }

  public Bins bins() {
    return bins;
  }

  /** The number of values in a bin. */
  public long count(int bin) {
    return counts[bin];
  }

  /** A copy of the counts, one per bin. */
  public long[] counts() {
    return counts.clone();
  }

  /** The number of values of one kind without a bin. */
  public long count(UnbinnedKind kind) {
    return unbinned.getOrDefault(kind, 0L);
  }

  /** The number of values that fell into a bin. */
  public long binned() {
    long binned = 0;
    for (long count : counts) {
      binned += count;
    }
    return binned;
  }

  /** The number of values counted, those without a bin included. */
  public long total() {
    long total = binned();
    for (long times : unbinned.values()) {
      total += times;
    }
    return total;
  }

  /** The smallest finite number; positive infinity when there was none. */
  public double min() {
    return min;
  }

  /** The largest finite number; negative infinity when there was none. */
  public double max() {
    return max;
  }

  /** The approximate number of different values in bins; standard error 4.6 %. */
  public long distinct() {
    return distinct == null ? 0 : distinct.estimate();
  }

  /** A copy without the distinct count, which takes half a kilobyte. */
  Profile withoutDistinct() {
    return restore(bins, counts, unbinned, min, max, null);
  }

  /** A copy of the counts alone, without extremes and distinct count. */
  public Profile countsOnly() {
    return of(bins, counts, unbinned, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  private void distinct(long hash) {
    Distinct registers = distinct;
    if (registers == null) {
      registers = new Distinct();
      distinct = registers;
    }
    registers.addHash(hash);
  }

  @Nullable Distinct distinctSketch() {
    return distinct;
  }

  /** The compact form for state and the wire; see {@link ProfileCodec}. */
  @Override
  public byte[] toBytes() {
    return ProfileCodec.encode(this);
  }

  /**
   * Reads what {@link #toBytes()} wrote.
   *
   * @param bins the bins that the profile was counted over
   * @throws IllegalArgumentException when the bytes are damaged or belong to other bins
   */
  public static Profile fromBytes(Bins bins, byte[] bytes) {
    return ProfileCodec.decode(bins, bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Profile that
        && bins.equals(that.bins)
        && Arrays.equals(counts, that.counts)
        && unbinned.equals(that.unbinned)
        && Double.compare(min, that.min) == 0
        && Double.compare(max, that.max) == 0
        && Objects.equals(distinct, that.distinct);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts) * 31 + unbinned.hashCode();
  }

  @Override
  public String toString() {
    return "Profile[n=" + total() + ", binned=" + binned() + ", bins=" + bins.size() + "]";
  }
}
