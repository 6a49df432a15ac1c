package dev.millrace.drift.profile;

/** A feature whose values are counted in each window. */
public sealed interface CountedFeature permits Reference, UncutFeature {
  /** The name of a pipeline input, or {@code score}. */
  String feature();

  /** Counts without values. */
  FeatureCounts newCounts();

  /**
   * Reads what {@link FeatureCounts#toBytes()} of this feature wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged or belong to other bins
   */
  FeatureCounts decode(byte[] bytes);
}
