package dev.millrace.drift.policy;

/**
 * The progress of an input of signals or labels.
 *
 * @param input its name
 * @param completeMillis all records that are due until this time have arrived; see {@link Agenda}
 * @param idle whether it makes no progress; decisions do not wait for an idle input
 */
public record SignalMark(String input, long completeMillis, boolean idle) {}
