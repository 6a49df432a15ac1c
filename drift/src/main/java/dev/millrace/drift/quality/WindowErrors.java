package dev.millrace.drift.quality;

import java.io.Serializable;

/**
 * The errors of the decisions of one window.
 *
 * @param startMillis of the window, in event time
 * @param rows with a decision and a label
 * @param errors those of them whose decision was not the label
 */
public record WindowErrors(long startMillis, long rows, long errors) implements Serializable {}
