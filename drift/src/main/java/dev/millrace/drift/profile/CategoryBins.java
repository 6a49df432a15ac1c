package dev.millrace.drift.profile;

import java.util.Arrays;
import java.util.List;

/**
 * Bins of a categorical feature: the reference's most frequent values, one bin each, then OTHER
 * (less frequent values of the reference) and UNSEEN (values that are not in the reference).
 *
 * <p>Only 64-bit hashes of OTHER's values are kept. If the reference has more such values than
 * hashes fit, the vocabulary is <i>open</i>: each value without its own bin is OTHER.
 */
public final class CategoryBins implements Bins {
  private final String[] values;
  private final short[] slots;
  private final long[] otherHashes;
  private final boolean open;

  private CategoryBins(String[] values, long[] otherHashes, boolean open) {
    this.values = values;
    this.otherHashes = otherHashes;
    this.open = open;
    slots = new short[Integer.highestOneBit(Math.max(1, values.length)) * 4];
    Arrays.fill(slots, (short) -1);
    for (short i = 0; i < values.length; i++) {
      int slot = (int) Hashes.of(values[i]) & (slots.length - 1);
      while (slots[slot] >= 0) {
        if (values[slots[slot]].equals(values[i])) {
          throw new IllegalArgumentException("the category '" + values[i] + "' occurs twice");
        }
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = i;
    }
  }

  /**
   * @param values distinct values with a bin of their own, the most frequent first
   * @param otherHashes hashes of the values that fall into OTHER
   * @param open whether each value without its own bin falls into OTHER
   */
  public static CategoryBins of(List<String> values, long[] otherHashes, boolean open) {
    if (values.size() > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "at most " + Short.MAX_VALUE + " categories are possible, not " + values.size());
    }
    long[] sorted = otherHashes.clone();
    Arrays.sort(sorted);
    return new CategoryBins(values.toArray(new String[0]), sorted, open);
  }

  /** The bin of a value. */
  public int bin(String value) {
    long hash = Hashes.of(value);
    int mask = slots.length - 1;
    for (int slot = (int) hash & mask; slots[slot] >= 0; slot = (slot + 1) & mask) {
      int bin = slots[slot];
      if (values[bin].equals(value)) {
        return bin;
      }
    }
    return open || Arrays.binarySearch(otherHashes, hash) >= 0 ? other() : unseen();
  }

  /** The bin of values that are in the reference but do not have their own bin. */
  public int other() {
    return values.length;
  }

  /** The bin of values that are not in the reference; always empty for an open vocabulary. */
  public int unseen() {
    return values.length + 1;
  }

  /** Values with a bin of their own, in the order of the bins. */
  public List<String> values() {
    return List.of(values);
  }

  /** A copy of the hashes of OTHER's values, ascending; empty for an open vocabulary. */
  public long[] otherHashes() {
    return otherHashes.clone();
  }

  /** Whether each value without its own bin falls into OTHER. */
  public boolean open() {
    return open;
  }

  @Override
  public int size() {
    return values.length + 2;
  }

  @Override
  public String label(int bin) {
    if (bin == other()) {
      return "OTHER";
    }
    return bin == unseen() ? "UNSEEN" : "'" + values[bin] + "'";
  }

  @Override
  public long fingerprint() {
    long hash = Hashes.mix(open ? 1 : 0);
    for (String value : values) {
      hash = Hashes.mix(hash ^ Hashes.of(value));
    }
    for (long value : otherHashes) {
      hash = Hashes.mix(hash ^ ~value);
    }
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CategoryBins that
        && open == that.open
        && Arrays.equals(values, that.values)
        && Arrays.equals(otherHashes, that.otherHashes);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(fingerprint());
  }

  @Override
  public String toString() {
    return "CategoryBins" + Arrays.toString(values) + (open ? " open" : "");
  }
}
