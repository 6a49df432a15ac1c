package dev.millrace.features.operator;

import org.jspecify.annotations.Nullable;

/**
 * A view's features as of one event, or a tombstone after the entity's state was dropped.
 *
 * @param timeMillis event time of the row; of a tombstone, the time until which the entity was kept
 * @param late whether an event of the late topic made the row
 * @param eventId of the event that made the row; null for a tombstone
 * @param partition of the event, with its {@code offset}
 * @param features in the order of the view's definition
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record FeatureRow(
    String entity,
    long timeMillis,
    boolean late,
    @Nullable String eventId,
    int partition,
    long offset,
    @Nullable Object[] features) {

  static FeatureRow tombstone(String entity, long timeMillis) {
    return new FeatureRow(entity, timeMillis, false, null, 0, 0, new @Nullable Object[0]);
  }

  public boolean isTombstone() {
    return eventId == null;
  }
}
