package dev.millrace.drift.labels;

/**
 * The true result of one event.
 *
 * @param eventId id of the event that was predicted
 * @param value the label; a boolean is 1 or 0
 * @param timeMillis event time of the label
 */
public record Label(String eventId, double value, long timeMillis) implements JoinEntry {}
