package dev.millrace.features.source;

import org.jspecify.annotations.Nullable;

/**
 * An event of a source with the values that one view needs.
 *
 * @param view index of the view among those of its source
 * @param entity the entity, as it is written in the key of a feature row
 * @param late whether it was read from the late topic
 * @param partition of the topic that it was read from
 * @param values by slot of the view's {@link dev.millrace.features.view.ViewPlan}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ViewEvent(
    int view,
    String entity,
    String eventId,
    long timeMillis,
    boolean late,
    int partition,
    long offset,
    @Nullable Object[] values) {}
