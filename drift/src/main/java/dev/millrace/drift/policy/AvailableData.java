package dev.millrace.drift.policy;

import dev.millrace.drift.window.WindowTotals;

/**
 * The data of closed windows that a model can be trained on.
 *
 * @param sinceTrigger predictions of the model version since the model's last trigger
 * @param sinceDrift those of them since the start of the drift that no trigger has reported yet;
 *     none without such a drift
 */
public record AvailableData(WindowTotals sinceTrigger, WindowTotals sinceDrift) {
  /** Before the first window, and after a trigger. */
  public static final AvailableData NONE = new AvailableData(WindowTotals.NONE, WindowTotals.NONE);

  /**
   * The data after a window has closed.
   *
   * @param drift whether there is a drift that no trigger has reported yet, in this window or
   *     before
   */
  AvailableData plus(WindowTotals window, boolean drift) {
    return new AvailableData(
        sinceTrigger.plus(window), drift ? sinceDrift.plus(window) : WindowTotals.NONE);
  }

  /**
   * The data after counts of windows that had already closed were received.
   *
   * @param triggerMillis when the model's last trigger was sent
   */
  AvailableData plusLate(WindowTotals late, long triggerMillis) {
    return new AvailableData(
        late.fromMillis() >= triggerMillis ? sinceTrigger.plus(late) : sinceTrigger,
        late.fromMillis() >= sinceDrift.fromMillis() ? sinceDrift.plus(late) : sinceDrift);
  }

  /**
   * The data after a change of the reference: the predictions stay, the start of the drift is
   * dropped.
   */
  AvailableData withoutDrift() {
    return new AvailableData(sinceTrigger, WindowTotals.NONE);
  }
}
