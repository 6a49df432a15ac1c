package dev.millrace.drift.profile;

import org.jspecify.annotations.Nullable;

/**
 * Counts of the values of one feature. They merge exactly: any split of the values over any number
 * of counts, merged in any order, gives the same counts to the bit.
 */
public sealed interface FeatureCounts permits Profile, UncutCounts {
  /** Counts a value of an Avro record: a number, text, a boolean or null. */
  void addObject(@Nullable Object value);

  /**
   * Adds other counts of the same feature to these.
   *
   * @throws IllegalArgumentException if they were counted over other bins
   */
  FeatureCounts merge(FeatureCounts other);

  /** The form for state and the wire; {@link CountedFeature#decode} reads it. */
  byte[] toBytes();
}
