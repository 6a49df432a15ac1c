package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one window says about one cause.
 *
 * @param sizes the size of the change, from 0 to 1, by feature or slice, the largest first; empty
 *     unless the verdict is DRIFT
 * @param summary the figures in one line
 * @param evidence the tests of the features; empty for a {@link CauseSignal}
 * @param report the id of the window's drift report; empty for a {@link CauseSignal}
 */
record CauseFinding(
    Cause cause,
    long startMillis,
    long endMillis,
    Verdict verdict,
    Map<String, Double> sizes,
    String summary,
    List<FeatureDrift> evidence,
    String report) {
  /** Where a signal names no slice. */
  private static final String ALL = "";

  /** The finding of a signal, which changes nothing during the warm-up. */
  static CauseFinding of(CauseSignal signal, boolean warmingUp) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    if (signal.verdict() == Verdict.DRIFT) {
      signal.slices().forEach(slice -> sizes.put(slice, signal.level()));
      if (sizes.isEmpty()) {
        sizes.put(ALL, signal.level());
      }
    }
    return new CauseFinding(
        signal.cause(),
        signal.windowStartMillis(),
        signal.windowEndMillis(),
        warmingUp ? Verdict.INSUFFICIENT : signal.verdict(),
        sizes,
        signal.summary(),
        List.of(),
        "");
  }

  /** The features or slices concerned. */
  List<String> names() {
    return sizes.keySet().stream().filter(name -> !name.equals(ALL)).toList();
  }
}
