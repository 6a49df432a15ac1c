/**
 * What a feature computes: operations, the partial results that they need, and windows. Pure: no
 * Flink, no Kafka, no clock.
 *
 * <p>{@link dev.millrace.schemas.operation.Operation} lists the operations. Each needs at most one
 * {@link dev.millrace.schemas.operation.Part} of a {@link dev.millrace.schemas.operation.Partial},
 * which holds the partial result of some values and is the algebra (update, merge, unmerge). A
 * {@link dev.millrace.schemas.operation.Calculation} computes a feature from it.
 *
 * <p>No result depends on the order in which values are added or partial results are merged, to the
 * last bit: sums are exact, sketches contain only integers, and functions whose last digit depends
 * on the platform are not used.
 */
@NullMarked
package dev.millrace.schemas.operation;

import org.jspecify.annotations.NullMarked;
