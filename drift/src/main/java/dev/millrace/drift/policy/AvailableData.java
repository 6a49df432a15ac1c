package dev.millrace.drift.policy;

import dev.millrace.drift.window.WindowTotals;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The data of closed windows that a model can be trained on.
 *
 * @param sinceTrigger predictions of the model version since the model's last trigger
 * @param sinceDrift those of them since the start of the drift that no trigger has reported yet;
 *     none without such a drift
 * @param labels of the newest windows since the last trigger, by the start of the window: a loss of
 *     quality is known only when the labels of its windows have come
 */
public record AvailableData(
    WindowTotals sinceTrigger, WindowTotals sinceDrift, Map<Long, Long> labels) {
  /** Number of windows whose labels are kept: 30 days of hourly windows, and some more. */
  private static final int MOST_WINDOWS = 1_000;

  /** Before the first window, and after a trigger. */
  public static final AvailableData NONE =
      new AvailableData(WindowTotals.NONE, WindowTotals.NONE, Map.of());

  /** Copies the labels. */
  public AvailableData {
    labels = Map.copyOf(labels);
  }

  /** Whether a trigger would have no predictions to train on. */
  boolean isEmpty() {
    return sinceTrigger.predictions() == 0;
  }

  /**
   * The data after a window has closed.
   *
   * @param drift whether there is a drift that no trigger has reported yet, in this window or
   *     before
   */
  AvailableData plus(WindowTotals window, boolean drift) {
    return new AvailableData(
        sinceTrigger.plus(window),
        drift ? sinceDrift.plus(window) : WindowTotals.NONE,
        plusLabels(window));
  }

  /**
   * The data after counts of windows that had already closed were received.
   *
   * @param triggerMillis when the model's last trigger was sent
   */
  AvailableData plusLate(WindowTotals late, long triggerMillis) {
    return new AvailableData(
        late.fromMillis() >= triggerMillis ? sinceTrigger.plus(late) : sinceTrigger,
        late.fromMillis() >= sinceDrift.fromMillis() ? sinceDrift.plus(late) : sinceDrift,
        late.fromMillis() >= triggerMillis ? plusLabels(late) : labels);
  }

  /**
   * The data after a drift has become known that began with an earlier window.
   *
   * @param startMillis of that window
   */
  AvailableData since(long startMillis) {
    long known =
        labels.entrySet().stream()
            .filter(window -> window.getKey() >= startMillis)
            .mapToLong(Map.Entry::getValue)
            .sum();
    return new AvailableData(
        sinceTrigger, new WindowTotals(startMillis, 0, known, List.of()), labels);
  }

  private Map<Long, Long> plusLabels(WindowTotals window) {
    if (window.labels() == 0) {
      return labels;
    }
    TreeMap<Long, Long> all = new TreeMap<>(labels);
    all.merge(window.fromMillis(), window.labels(), Long::sum);
    if (all.size() > MOST_WINDOWS) {
      all.pollFirstEntry();
    }
    return all;
  }

  /**
   * The data after a change of the reference: the predictions stay, the start of the drift is
   * dropped.
   */
  AvailableData withoutDrift() {
    return new AvailableData(sinceTrigger, WindowTotals.NONE, labels);
  }
}
