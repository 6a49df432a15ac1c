package dev.millrace.drift.labels;

/**
 * The decision about an event. It is kept for a while so that a repeated prediction or label of the
 * event is recognized.
 *
 * @param labeled true: the prediction had a label; false: it reached maturity without one
 * @param forgetMillis event time at which this record is deleted
 */
public record DecidedEvent(boolean labeled, long forgetMillis) {}
