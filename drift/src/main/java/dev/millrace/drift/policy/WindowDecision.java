package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import org.jspecify.annotations.Nullable;

/**
 * What is published about a closed window.
 *
 * @param report always
 * @param alert where an episode began or ended, or the last alert is repeated after a restart
 * @param trigger where retraining is requested
 */
public record WindowDecision(
    DriftReport report, @Nullable Alert alert, @Nullable RetrainingTrigger trigger) {}
