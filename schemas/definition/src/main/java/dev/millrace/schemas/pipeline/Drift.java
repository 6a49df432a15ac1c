package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of drift detection.
 *
 * @param window tumbling window over predictions, in event time; 1 h by default
 * @param reference the distribution that a window is compared with; training by default
 * @param falseAlarms the budget of false alarms that sets the thresholds; 1 per 30 d by default
 * @param minEffect effect size below which a difference is not an alarm, from 0 to 1; 0.02 by
 *     default
 * @param minSamples number of predictions below which a window is not compared; 30 by default
 * @param minRatio ratio of the rates of a slice and of all other predictions below which they are a
 *     disparity, from 0 to 1; 0.8 by default
 * @param first not null: a window is compared with the first predictions of the same model version,
 *     those of this period after the feature windows have filled, instead of {@code reference}
 */
public record Drift(
    Duration window,
    Reference reference,
    Budget falseAlarms,
    double minEffect,
    int minSamples,
    double minRatio,
    @Nullable Duration first)
    implements Serializable {
  /** The four-fifths rule of the Uniform Guidelines of the EEOC, 29 CFR 1607.4 D, 1978. */
  private static final double FOUR_FIFTHS = 0.8;

  /** Drift from {@code reference}, with the default ratio of rates. */
  public Drift(
      Duration window, Reference reference, Budget falseAlarms, double minEffect, int minSamples) {
    this(window, reference, falseAlarms, minEffect, minSamples, FOUR_FIFTHS, null);
  }

  /** This with other values where they are not null. */
  public Drift with(
      @Nullable Duration otherWindow, @Nullable Budget otherBudget, @Nullable Double otherEffect) {
    return new Drift(
        otherWindow == null ? window : otherWindow,
        reference,
        otherBudget == null ? falseAlarms : otherBudget,
        otherEffect == null ? minEffect : otherEffect,
        minSamples,
        minRatio,
        first);
  }
}
