package dev.millrace.features.operator;

import org.jspecify.annotations.Nullable;

/**
 * A row of the online store: the features of an entity as of a time, or a tombstone when nothing is
 * left of it.
 *
 * @param sequence grows with each row of the entity; rows are ordered by (asOfMillis, sequence)
 * @param newestMillis event time of the entity's newest event
 * @param features in the order of the view's definition; null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record FeedRow(
    String entity,
    long asOfMillis,
    long sequence,
    long newestMillis,
    @Nullable Object @Nullable [] features) {

  public boolean isTombstone() {
    return features == null;
  }
}
