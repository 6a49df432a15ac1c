package dev.millrace.drift.policy;

import dev.millrace.drift.window.TumblingWindows;
import java.io.Serializable;

/**
 * The event times at which an {@link Agenda} decides: the ends of windows, and the times at which
 * signals about windows are due. Labels are counted by the first decision at which they are known,
 * which is the same for all labels between two decisions.
 *
 * @param windows of predictions
 * @param dueAfterMillis see {@link SignalInputs}
 * @param latenessMillis time by which the watermark of labels is behind the newest label: as much
 *     later than its own time a label counts as known
 */
public record DecisionTimes(TumblingWindows windows, long dueAfterMillis, long latenessMillis)
    implements Serializable {
  /**
   * The watermark of predictions at which the first decision counts a label.
   *
   * @param knownMillis event time of the label, not before that of its prediction; of an assumed
   *     one, the maturity of its prediction
   */
  public long dueMillis(long knownMillis) {
    long readMillis = knownMillis + latenessMillis;
    long signalMillis = closingMillis(readMillis - dueAfterMillis) + dueAfterMillis;
    return Math.min(closingMillis(readMillis), signalMillis);
  }

  private long closingMillis(long timeMillis) {
    return windows.closingMillis(windows.startMillis(timeMillis));
  }
}
