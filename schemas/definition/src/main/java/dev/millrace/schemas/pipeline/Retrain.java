package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;

/**
 * When retraining is asked for.
 *
 * @param on causes that may ask; all unless told otherwise
 * @param cooldown least time between two triggers; 24 h unless told otherwise
 * @param minLabels labels of predictions since the drift began that must have come; 0 unless told
 *     otherwise
 */
public record Retrain(Set<Cause> on, Duration cooldown, int minLabels) implements Serializable {
  public Retrain {
    on = Set.copyOf(on);
  }
}
