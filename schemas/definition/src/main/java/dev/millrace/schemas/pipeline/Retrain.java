package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which retraining is triggered.
 *
 * @param on causes that trigger it
 * @param cooldown least time between two triggers; 24 h by default
 * @param minLabels number of labels of predictions since the drift began that a trigger waits for;
 *     0 by default
 * @param call what is called for each trigger; null: triggers are only written to their topic
 */
public record Retrain(Set<Cause> on, Duration cooldown, int minLabels, @Nullable TriggerCall call)
    implements Serializable {
  public Retrain {
    on = Set.copyOf(on);
  }

  /** Conditions without a call. */
  public Retrain(Set<Cause> on, Duration cooldown, int minLabels) {
    this(on, cooldown, minLabels, null);
  }
}
