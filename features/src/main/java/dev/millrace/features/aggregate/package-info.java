/**
 * SlidingWindow event-time aggregates of one entity, exact for events that come out of order, at a
 * cost per event that does not depend on the length of the window. Pure: no Flink, no Kafka, no
 * clock.
 *
 * <p>{@link dev.millrace.features.aggregate.Partial} is the algebra (prepare, update, merge,
 * finish), {@link dev.millrace.features.aggregate.Timeline} holds an entity's partial results in
 * order of event time, and {@link dev.millrace.features.aggregate.Plan} says what is to be
 * computed.
 */
@NullMarked
package dev.millrace.features.aggregate;

import org.jspecify.annotations.NullMarked;
