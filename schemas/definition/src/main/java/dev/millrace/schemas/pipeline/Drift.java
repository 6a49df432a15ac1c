package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
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
 * @param recoveryWindows number of windows without a change in a row that end an episode of drift;
 *     3 by default
 * @param season event time that calm windows must span before causes that calibrate with live
 *     windows may alarm; 7 d by default; zero: the data have no season
 * @param first not null: a window is compared with the first predictions of the same model version,
 *     those of this period after the feature windows have filled, instead of {@code reference}
 * @param slices inputs by whose values the predictions of a window are compared apart, too; empty
 *     with {@code first}
 */
public record Drift(
    Duration window,
    Reference reference,
    Budget falseAlarms,
    double minEffect,
    int minSamples,
    double minRatio,
    int recoveryWindows,
    Duration season,
    @Nullable Duration first,
    List<String> slices)
    implements Serializable {
  /** The four-fifths rule of the Uniform Guidelines of the EEOC, 29 CFR 1607.4 D, 1978. */
  private static final double FOUR_FIFTHS = 0.8;

  /** Fewer would resolve an alert between two alarms of one change. */
  private static final int RECOVERY_WINDOWS = 3;

  /** A week contains a daily season and a weekly one. */
  public static final Duration SEASON = Duration.ofDays(7);

  /** Drift from {@code reference}, with the default ratio of rates, recovery and season. */
  public Drift(
      Duration window, Reference reference, Budget falseAlarms, double minEffect, int minSamples) {
    this(
        window,
        reference,
        falseAlarms,
        minEffect,
        minSamples,
        FOUR_FIFTHS,
        RECOVERY_WINDOWS,
        SEASON,
        null,
        List.of());
  }

  /** Copies the list. */
  public Drift {
    slices = List.copyOf(slices);
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
        recoveryWindows,
        season,
        first,
        slices);
  }
}
