package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.WindowEvidence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The drift that the retraining triggers of one episode have reported.
 *
 * @param triggers the number of triggers
 * @param sizes by feature that drifted or cause that was signalled, the largest size reported
 */
public record TriggeredDrift(int triggers, Map<String, Double> sizes) {
  /** Before the first trigger of an episode. */
  static final TriggeredDrift NONE = new TriggeredDrift(0, Map.of());

  /** Copies the sizes. */
  public TriggeredDrift {
    sizes = Map.copyOf(sizes);
  }

  /** Whether a window contains a change that has not been reported, or that has grown since. */
  boolean isNew(Map<String, Double> window) {
    return window.entrySet().stream()
        .anyMatch(size -> Growth.isNew(sizes, size.getKey(), size.getValue()));
  }

  /** What was reported of signals alone. */
  TriggeredDrift ofSignals() {
    Map<String, Double> signalled = new HashMap<>(sizes);
    signalled.keySet().removeIf(name -> !RetrainingEvidence.isSignalled(name));
    return new TriggeredDrift(triggers, signalled);
  }

  /** The drift reported after one more trigger. */
  TriggeredDrift plus(List<WindowEvidence> evidence) {
    Map<String, Double> all = new HashMap<>(sizes);
    evidence.forEach(
        window ->
            RetrainingEvidence.sizes(window)
                .forEach((name, size) -> all.merge(name, size, Math::max)));
    return new TriggeredDrift(triggers + 1, all);
  }
}
