package dev.millrace.drift.labels;

/**
 * What stays of a prediction once its outcome is decided, so that later labels are told apart.
 *
 * @param labeled whether it had a label, or else ran into maturity without one
 * @param forgetMillis event time at which this too is forgotten
 */
public record DecidedEvent(boolean labeled, long forgetMillis) {}
