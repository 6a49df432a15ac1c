package dev.millrace.drift.policy;

/**
 * What there is to train a model on, of the windows that are closed.
 *
 * @param sinceTrigger what the model version has served since the model's last trigger
 * @param sinceDrift of it, what was served since the drift began that no trigger has told of yet;
 *     nothing while there is none
 */
public record AvailableData(PredictionCounts sinceTrigger, PredictionCounts sinceDrift) {
  static final AvailableData NOTHING = new AvailableData(PredictionCounts.NOTHING, PredictionCounts.NOTHING);

  /**
   * After a window has closed.
   *
   * @param drift whether there is a drift that no trigger has told of yet, in this window or before
   */
  AvailableData and(PredictionCounts window, boolean drift) {
    return new AvailableData(sinceTrigger.and(window), drift ? sinceDrift.and(window) : PredictionCounts.NOTHING);
  }

  /**
   * After something has come of windows that had closed before.
   *
   * @param triggerMillis when the model's last trigger was sent
   */
  AvailableData andLate(PredictionCounts late, long triggerMillis) {
    return new AvailableData(
        late.fromMillis() >= triggerMillis ? sinceTrigger.and(late) : sinceTrigger,
        late.fromMillis() >= sinceDrift.fromMillis() ? sinceDrift.and(late) : sinceDrift);
  }

  /** When the drift began stays unknown to another reference, while what was served stays. */
  AvailableData withoutDrift() {
    return new AvailableData(sinceTrigger, PredictionCounts.NOTHING);
  }
}
