package dev.millrace.drift.labels;

import org.jspecify.annotations.Nullable;

/**
 * The decision about an event. It is kept for a while so that a repeated prediction or label of the
 * event is recognized.
 *
 * @param label the value that counted; null: the prediction reached maturity without one
 * @param forgetMillis event time at which this record is deleted
 */
public record DecidedEvent(@Nullable Double label, long forgetMillis) implements JoinEntry {}
