package dev.millrace.drift.policy;

/**
 * Labels that became known since the last decision before, of one window of predictions.
 *
 * @param modelVersion whose predictions have them
 * @param windowStartMillis start of the window of the predictions, in event time
 * @param dueMillis watermark of predictions at which the first decision counts them; see {@link
 *     DecisionTimes}
 * @param labels their number
 */
public record LabelCount(
    String modelVersion, long windowStartMillis, long dueMillis, long labels) {}
