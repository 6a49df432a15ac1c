package dev.millrace.drift.window;

/**
 * A prediction of a model version that has no reference.
 *
 * @param modelVersion the model version that made it
 * @param startMillis of its window
 */
public record NoReferencePrediction(String modelVersion, long startMillis) {}
