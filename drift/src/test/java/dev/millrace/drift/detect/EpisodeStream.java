package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A sequence of windows of one feature, compared as the job does. */
final class EpisodeStream {
  private final Reference reference;
  private final WindowComparison comparison;
  private final long lengthMillis;
  private int windows;
  private int calm;
  private boolean firing;
  private int alarms;

  EpisodeStream(SeasonalReference reference, Baseline baseline, double alpha, Duration length) {
    this.reference = reference.whole();
    this.lengthMillis = length.toMillis();
    comparison =
        WindowComparison.bySeason(
            List.of(reference),
            List.of(baseline),
            new FeatureComparison(alpha, 0.02, 30),
            CalmSpan.of(length, Duration.ofDays(7)),
            null);
  }

  /** An episode begins with DRIFT and ends after 3 OK windows; only calm windows are kept. */
  FeatureResult next(Profile window) {
    FeatureResult result = comparison.of(windows++ * lengthMillis, i -> window).get(0);
    boolean before = firing;
    if (result.verdict() == Verdict.DRIFT) {
      firing = true;
      calm = 0;
      alarms += before ? 0 : 1;
    } else if (firing && result.verdict() == Verdict.OK && ++calm >= 3) {
      firing = false;
      calm = 0;
    }
    boolean ended = before && !firing;
    comparison.after(
        firing || ended ? WindowComparison.Outcome.UNUSUAL : WindowComparison.Outcome.CALM,
        ended ? Set.of(Cause.DATA) : Set.of());
    return result;
  }

  /** The reference of all windows. */
  Reference reference() {
    return reference;
  }

  /** Number of windows so far. */
  int windows() {
    return windows;
  }

  /** Number of episodes so far. */
  int alarms() {
    return alarms;
  }
}
