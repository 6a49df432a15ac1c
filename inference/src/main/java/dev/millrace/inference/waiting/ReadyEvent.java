package dev.millrace.inference.waiting;

import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.inputs.EntityFeatures;
import org.jspecify.annotations.Nullable;

/**
 * An event that waits no longer.
 *
 * @param vector null unless it arrived
 * @param features of the vector or of the stored rows, by the index of the lookup; null: not found
 * @param nowMillis wall clock of the decision
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ReadyEvent(
    CleanEvent event,
    @Nullable FeatureVector vector,
    @Nullable EntityFeatures[] features,
    WaitResult waitResult,
    long nowMillis) {}
