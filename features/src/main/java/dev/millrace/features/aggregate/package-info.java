/**
 * Event-time aggregates of one entity over windows, exact for events out of order, at a cost per
 * event that does not depend on the length of the window. Pure: no Flink, no Kafka, no clock.
 *
 * <p>{@link dev.millrace.features.aggregate.Timeline} holds an entity's partial results in order of
 * event time, and {@link dev.millrace.features.aggregate.Plan} is the list of features to compute.
 * The algebra (partial results, operations, windows) is {@code dev.millrace.schemas.operation}.
 */
@NullMarked
package dev.millrace.features.aggregate;

import org.jspecify.annotations.NullMarked;
