package dev.millrace.features.source;

import org.jspecify.annotations.Nullable;

/**
 * An event with the values that the timelines of one lookup need.
 *
 * @param lookup its index
 * @param entity of the lookup's view that the event belongs to
 * @param timeMillis event time from which it counts
 * @param order among events of the same time, see {@link EventOrder}
 * @param values by slot of the view's {@link dev.millrace.features.view.ViewPlan}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ViewEvent(
    int lookup, String entity, long timeMillis, long order, @Nullable Object[] values) {}
