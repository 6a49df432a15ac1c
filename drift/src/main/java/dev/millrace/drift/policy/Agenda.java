package dev.millrace.drift.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The order in which windows and signals are decided and labels are counted: by the time at which
 * they are complete, in the clock of predictions. A window is complete at its end, a signal or a
 * label when it is due, so that the order does not depend on which of them comes first. At the same
 * time labels come before windows and windows before signals, and signals in the order of their
 * causes.
 *
 * <p>Nothing is decided before predictions and all inputs of signals and labels have passed its
 * time. An idle input is left out, so that it does not hold back windows, and one that makes
 * progress but stays behind, such as labels with the times of events of days ago, is waited for a
 * limited time. A signal that comes after its time is decided at once, and a label counts in the
 * next decision. Not thread-safe.
 */
public final class Agenda {
  private static final Comparator<CauseSignal> ORDER =
      Comparator.comparingLong(CauseSignal::windowEndMillis)
          .thenComparing(CauseSignal::cause)
          .thenComparingLong(CauseSignal::windowStartMillis)
          .thenComparing(CauseSignal::modelVersion);

  /** Watermarks of predictions that are kept within the time of waiting. */
  private static final int STEPS = 60;

  /** No time: nothing is to be decided. */
  private static final long NEVER = Long.MAX_VALUE;

  private static final Comparator<LabelKey> LABEL_ORDER =
      Comparator.comparingLong(LabelKey::dueMillis)
          .thenComparingLong(LabelKey::startMillis)
          .thenComparing(LabelKey::modelVersion);

  private final long windowMillis;
  private final long dueAfterMillis;
  private final long waitMillis;
  private final Map<String, Long> complete = new HashMap<>();
  private final TreeSet<Long> windows;
  private final TreeSet<CauseSignal> signals = new TreeSet<>(ORDER);
  private final TreeMap<LabelKey, Long> labels = new TreeMap<>(LABEL_ORDER);
  private final Deque<Passed> passed = new ArrayDeque<>();
  private long predictionsMillis = Long.MIN_VALUE;
  private long waitedForMillis = Long.MIN_VALUE;

  /** A watermark of predictions, and the wall-clock time at which it came. */
  private record Passed(long watermarkMillis, long nowMillis) {}

  /** What is decided next. */
  public sealed interface Item {}

  /** A window of predictions. */
  public record Window(long startMillis) implements Item {}

  /** The result of a window that was known later. */
  public record Signal(CauseSignal signal) implements Item {}

  /** Labels that are known. */
  public record Labels(LabelCount count) implements Item {}

  /** What labels are counted by. */
  private record LabelKey(long dueMillis, long startMillis, String modelVersion) {}

  /**
   * @param windowMillis length of a window
   * @param windows starts of the windows that wait
   * @param signals that wait
   * @param labels that wait
   */
  public Agenda(
      long windowMillis,
      SignalInputs inputs,
      Collection<Long> windows,
      Collection<CauseSignal> signals,
      Collection<LabelCount> labels) {
    this.windowMillis = windowMillis;
    this.dueAfterMillis = inputs.dueAfterMillis();
    this.waitMillis = inputs.waitMillis();
    inputs.names().forEach(name -> complete.put(name, Long.MIN_VALUE));
    this.windows = new TreeSet<>(windows);
    this.signals.addAll(signals);
    labels.forEach(this::add);
  }

  /**
   * Adds a window that has predictions.
   *
   * @return the watermark of predictions at which it is complete
   */
  public long add(long startMillis) {
    windows.add(startMillis);
    return timeMillis(startMillis);
  }

  /**
   * Adds a signal.
   *
   * @return the watermark of predictions at which it is due
   */
  public long add(CauseSignal signal) {
    signals.add(signal);
    return timeMillis(signal);
  }

  /** Adds labels. They decide nothing by themselves, so the next decision can take them. */
  public void add(LabelCount count) {
    LabelKey key = new LabelKey(count.dueMillis(), count.windowStartMillis(), count.modelVersion());
    labels.merge(key, count.labels(), Long::sum);
  }

  /**
   * Sets the watermark of predictions.
   *
   * @param nowMillis wall clock
   */
  public void predictions(long watermarkMillis, long nowMillis) {
    predictionsMillis = Math.max(predictionsMillis, watermarkMillis);
    Passed last = passed.peekLast();
    if (last == null
        || (last.watermarkMillis < predictionsMillis
            && nowMillis - last.nowMillis >= waitMillis / STEPS)) {
      passed.addLast(new Passed(predictionsMillis, nowMillis));
    }
    for (Passed first = passed.peekFirst();
        first != null && nowMillis - first.nowMillis >= waitMillis;
        first = passed.peekFirst()) {
      waitedForMillis = first.watermarkMillis;
      passed.removeFirst();
    }
  }

  /** Sets the progress of an input. */
  public void mark(SignalMark mark) {
    complete.put(mark.input(), mark.idle() ? Long.MAX_VALUE : mark.completeMillis());
  }

  /** Removes and returns what is decided now; null if nothing is complete. */
  public @Nullable Item next() {
    long completeMillis =
        complete.values().stream().reduce(predictionsMillis, (a, b) -> Math.min(a, b));
    long passedMillis = Math.max(completeMillis, waitedForMillis);
    long labelMillis = labels.isEmpty() ? NEVER : labels.firstKey().dueMillis();
    long windowMillis = windows.isEmpty() ? NEVER : timeMillis(windows.first());
    long signalMillis = signals.isEmpty() ? NEVER : timeMillis(signals.first());
    long nextMillis = Math.min(labelMillis, Math.min(windowMillis, signalMillis));
    if (nextMillis == NEVER || nextMillis > passedMillis) {
      return null;
    }
    if (labelMillis == nextMillis) {
      return new Labels(count(labels.pollFirstEntry()));
    }
    return windowMillis == nextMillis
        ? new Window(windows.pollFirst())
        : new Signal(signals.pollFirst());
  }

  private static LabelCount count(Map.Entry<LabelKey, Long> entry) {
    LabelKey key = entry.getKey();
    return new LabelCount(key.modelVersion, key.startMillis, key.dueMillis, entry.getValue());
  }

  private long timeMillis(long startMillis) {
    return startMillis + windowMillis - 1;
  }

  private long timeMillis(CauseSignal signal) {
    return signal.windowEndMillis() + dueAfterMillis - 1;
  }

  /** The watermarks at which something that waits is decided. */
  public List<Long> timesMillis() {
    List<Long> times = new ArrayList<>();
    windows.forEach(start -> times.add(timeMillis(start)));
    signals.forEach(signal -> times.add(timeMillis(signal)));
    return times;
  }

  /** The signals that wait. */
  public List<CauseSignal> signals() {
    return List.copyOf(signals);
  }

  /** The labels that wait. */
  public List<LabelCount> labels() {
    return labels.entrySet().stream().map(Agenda::count).toList();
  }
}
