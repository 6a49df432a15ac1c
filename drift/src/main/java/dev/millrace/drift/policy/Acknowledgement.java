package dev.millrace.drift.policy;

/**
 * What somebody has said about the episode of an alert: that it is known.
 *
 * @param key of the alert: {@code <pipeline>/<model>/<cause>}
 * @param modelVersion of the alert
 * @param sinceMillis start of the window that began the episode
 * @param by who
 * @param reason what was said about it; may be empty
 * @param atMillis wall clock of the acknowledgement
 */
public record Acknowledgement(
    String key, String modelVersion, long sinceMillis, String by, String reason, long atMillis) {}
