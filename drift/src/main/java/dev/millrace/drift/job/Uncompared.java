package dev.millrace.drift.job;

/**
 * A prediction that has no reference to be compared with.
 *
 * @param modelVersion that made it
 * @param startMillis of its window
 */
public record Uncompared(String modelVersion, long startMillis) {}
