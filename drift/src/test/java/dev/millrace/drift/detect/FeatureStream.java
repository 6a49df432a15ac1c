package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The windows of one feature; as in the monitor, calm ones outside of drift are kept. */
class FeatureStream {
  /** The level of a feature of ten with one false alarm in 30 daily windows. */
  static final double ALPHA = 1.4e-3;

  final Reference reference;
  final WindowComparison comparison;
  private final Duration window;
  private long nextMillis;

  FeatureStream(Reference reference, Baseline baseline) {
    this(reference, baseline, ALPHA, Duration.ofDays(1), 0);
  }

  /**
   * @param startMillis of the first window
   */
  FeatureStream(
      Reference reference, Baseline baseline, double alpha, Duration window, long startMillis) {
    this.reference = reference;
    this.window = window;
    this.nextMillis = startMillis;
    this.comparison =
        new WindowComparison(
            List.of(reference),
            List.of(baseline),
            new FeatureComparison(alpha, 0.02, 30),
            CalmSpan.of(window, Duration.ofDays(7)));
  }

  static Profile profile(Reference reference, double... values) {
    Profile profile = reference.newProfile();
    Arrays.stream(values).forEach(profile::add);
    return profile;
  }

  static Profile profile(Reference reference, Collection<String> values) {
    Profile profile = reference.newProfile();
    values.forEach(profile::add);
    return profile;
  }

  FeatureResult next(double... values) {
    return next(profile(reference, values));
  }

  FeatureResult next(Profile profile) {
    FeatureResult result = comparison.of(nextMillis, i -> profile).get(0);
    nextMillis += window.toMillis();
    comparison.after(
        result.verdict() == Verdict.DRIFT
            ? WindowComparison.Outcome.UNUSUAL
            : WindowComparison.Outcome.CALM);
    return result;
  }
}
