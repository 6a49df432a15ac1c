package dev.millrace.drift.job;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.DeliveryComparison;
import dev.millrace.drift.policy.DriftMonitor;
import dev.millrace.drift.policy.ModelComparison;
import dev.millrace.drift.policy.WindowDecision;
import dev.millrace.drift.policy.WindowResults;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.pipeline.Drift;

/** Compares closed windows: their values, and how their inputs were delivered. */
final class Comparisons {
  private final Drift drift;
  private final DeliveryComparison delivery;
  private ModelComparison values;

  /** Comparisons with the state of an earlier run against the same reference, if there is one. */
  Comparisons(ModelReference reference, Drift drift, DriftKeyedState state) throws Exception {
    this.drift = drift;
    values = ModelComparison.of(reference, drift, state.comparison());
    delivery =
        DeliveryComparison.of(
            reference.features(), CalmSpan.of(drift.window(), drift.season()), state.delivery());
  }

  /** Compares the values of the next windows with another reference of the same features. */
  void replace(ModelReference reference) {
    values = ModelComparison.of(reference, drift, null);
  }

  /** Compares a window, and closes it in the monitor. */
  WindowDecision close(DriftMonitor model, long startMillis, WindowCounts counts, long nowMillis) {
    WindowResults results =
        values.of(startMillis, counts, delivery.of(startMillis, counts.delivery()));
    WindowDecision decision = model.close(startMillis, counts, results, nowMillis);
    values.after(model.outcome());
    delivery.after(model.outcome().all());
    return decision;
  }

  void write(DriftKeyedState state) throws Exception {
    state.write(values.state());
    state.writeDelivery(delivery.state());
  }
}
