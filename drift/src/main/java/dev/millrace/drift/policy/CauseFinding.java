package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one window says about one cause.
 *
 * @param sizes the size of the change, from 0 to 1, by feature, the largest first, or of a signal
 *     as a whole: which slices it names may differ from window to window. Empty unless the verdict
 *     is DRIFT, but of quality the loss of each window
 * @param names the features or slices concerned
 * @param summary the figures in one line
 * @param evidence the tests of the features; empty for a {@link CauseSignal}
 * @param report the id of the window's drift report; empty for a {@link CauseSignal}
 * @param untested the slices that have predictions in the window, but too few to test
 * @param changeMillis start of the window with which the change began, see {@link CauseSignal}
 */
record CauseFinding(
    Cause cause,
    long startMillis,
    long endMillis,
    Verdict verdict,
    Map<String, Double> sizes,
    List<String> names,
    String summary,
    List<FeatureDrift> evidence,
    String report,
    Set<String> untested,
    long changeMillis) {
  /** The size of a signal. */
  private static final String WHOLE = "";

  /** Whether it is that of a signal, which no drift report contains. */
  boolean isSignal() {
    return report.isEmpty();
  }

  /** The sizes of the changes that are an alarm by themselves, not only named by one. */
  Map<String, Double> alarms() {
    if (evidence.isEmpty()) {
      return sizes;
    }
    Map<String, Double> alarms = new HashMap<>(sizes);
    alarms
        .keySet()
        .retainAll(
            evidence.stream().filter(WindowFindings::isAlarm).map(AlertMessages::name).toList());
    return alarms;
  }

  /** The finding of a signal, which changes nothing during the warm-up. */
  static CauseFinding of(CauseSignal signal, boolean warmingUp) {
    boolean drifted = signal.verdict() == Verdict.DRIFT;
    boolean sized = drifted || signal.cause() == Cause.QUALITY;
    return new CauseFinding(
        signal.cause(),
        signal.windowStartMillis(),
        signal.windowEndMillis(),
        warmingUp ? Verdict.INSUFFICIENT : signal.verdict(),
        sized ? Map.of(WHOLE, signal.level()) : Map.of(),
        drifted ? signal.slices() : List.of(),
        signal.summary(),
        List.of(),
        "",
        Set.of(),
        signal.changeMillis());
  }
}
