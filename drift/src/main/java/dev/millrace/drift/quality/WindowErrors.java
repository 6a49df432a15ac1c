package dev.millrace.drift.quality;

/**
 * The errors of the decisions of one window.
 *
 * @param rows with a decision and a label
 * @param errors those of them whose decision was not the label
 */
public record WindowErrors(long rows, long errors) {}
