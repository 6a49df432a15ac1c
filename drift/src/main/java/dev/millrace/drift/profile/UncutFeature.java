package dev.millrace.drift.profile;

import java.io.Serializable;

/**
 * A feature whose bins are not cut before its first windows have been counted. Until then, and
 * after it, its values are counted in cells that do not depend on them.
 *
 * @param feature the name of a pipeline input, or {@code score}
 * @param numeric whether its values are numbers; otherwise text or booleans
 */
public record UncutFeature(String feature, boolean numeric)
    implements CountedFeature, Serializable {
  @Override
  public UncutCounts newCounts() {
    return new UncutCounts(numeric);
  }

  @Override
  public UncutCounts decode(byte[] bytes) {
    return UncutCounts.fromBytes(numeric, bytes);
  }
}
