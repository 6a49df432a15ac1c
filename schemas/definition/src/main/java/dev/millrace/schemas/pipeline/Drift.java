package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * How drift is detected.
 *
 * @param window tumbling window over predictions, in event time; 1 h by default
 * @param reference what a window is compared with; training by default
 * @param falseAlarms the budget that thresholds are set by; 1 per 30 d by default
 * @param minEffect effect size below which a difference is not worth an alarm, from 0 to 1; 0.02 by
 *     default
 * @param minSamples predictions below which a window is not judged; 30 by default
 */
public record Drift(
    Duration window, Reference reference, Budget falseAlarms, double minEffect, int minSamples)
    implements Serializable {}
