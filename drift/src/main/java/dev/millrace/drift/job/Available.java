package dev.millrace.drift.job;

/**
 * What there is to train a model on, of the windows that are closed.
 *
 * @param sinceTrigger what the model version has served since the model's last trigger
 * @param sinceDrift of it, what was served since the drift began that no trigger has told of yet;
 *     nothing while there is none
 */
public record Available(Served sinceTrigger, Served sinceDrift) {
  static final Available NOTHING = new Available(Served.NOTHING, Served.NOTHING);

  /**
   * After a window has closed.
   *
   * @param drift whether there is a drift that no trigger has told of yet, in this window or before
   */
  Available and(Served window, boolean drift) {
    return new Available(sinceTrigger.and(window), drift ? sinceDrift.and(window) : Served.NOTHING);
  }

  /**
   * After something has come of windows that had closed before.
   *
   * @param triggerMillis when the model's last trigger was sent
   */
  Available andLate(Served late, long triggerMillis) {
    return new Available(
        late.fromMillis() >= triggerMillis ? sinceTrigger.and(late) : sinceTrigger,
        late.fromMillis() >= sinceDrift.fromMillis() ? sinceDrift.and(late) : sinceDrift);
  }

  /** When the drift began stays unknown to another reference, while what was served stays. */
  Available withoutDrift() {
    return new Available(sinceTrigger, Served.NOTHING);
  }
}
