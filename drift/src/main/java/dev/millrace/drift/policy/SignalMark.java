package dev.millrace.drift.policy;

/**
 * How far an input of signals or labels is.
 *
 * @param input its name
 * @param completeMillis all that is due until this time has come; see {@link Agenda}
 * @param idle whether nothing moves it: nobody waits for it
 */
public record SignalMark(String input, long completeMillis, boolean idle) {}
