package dev.millrace.drift.window;

/**
 * A prediction that has no reference to be compared with.
 *
 * @param modelVersion that made it
 * @param startMillis of its window
 */
public record UnreferencedPrediction(String modelVersion, long startMillis) {}
