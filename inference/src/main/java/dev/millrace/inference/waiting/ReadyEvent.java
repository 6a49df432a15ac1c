package dev.millrace.inference.waiting;

import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.schemas.avro.WaitResult;
import org.jspecify.annotations.Nullable;

/**
 * An event that waits no longer.
 *
 * @param vector null unless it arrived
 * @param nowMillis wall clock of the decision
 */
public record ReadyEvent(
    CleanEvent event, @Nullable FeatureVector vector, WaitResult waitResult, long nowMillis) {}
