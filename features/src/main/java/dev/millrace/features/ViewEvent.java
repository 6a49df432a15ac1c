package dev.millrace.features;

import org.jspecify.annotations.Nullable;

/**
 * A source event as one view needs it.
 *
 * @param view index of the view among those of its source
 * @param entity the entity as the feature topic's key has it
 * @param time event time, epoch millis
 * @param clock the event clock of ingest when the event arrived, epoch millis
 * @param arrival partition of the producers' topic whose clock that is
 * @param late whether it was read from the late topic
 * @param partition of the topic that it was read from
 * @param values by slot of the view's {@link ViewPlan}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record ViewEvent(
    int view,
    String entity,
    String eventId,
    long time,
    long clock,
    int arrival,
    boolean late,
    int partition,
    long offset,
    @Nullable Object[] values)
    implements Incoming {}
