package dev.millrace.drift.policy;

import java.io.Serializable;
import java.util.Set;

/**
 * The inputs that {@link CauseSignal}s and {@link LabelCount}s come from.
 *
 * @param names of the inputs, each of which sends {@link SignalMark}s
 * @param dueAfterMillis time from the end of a window until a signal about it is due: the longest
 *     time from a prediction to its label
 * @param waitMillis wall-clock time that an input which is behind predictions is waited for
 */
public record SignalInputs(Set<String> names, long dueAfterMillis, long waitMillis)
    implements Serializable {
  /** Inputs are waited for until they are as far as predictions. */
  public static final long WITHOUT_BOUND = Long.MAX_VALUE;

  /** Copies the names. */
  public SignalInputs {
    names = Set.copyOf(names);
  }
}
