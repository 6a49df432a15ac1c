package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.policy.WindowVerdict;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A window's comparison, its verdict and the state after it, together. */
class RecoveryTest {
  private static final double MIN_EFFECT = 0.02;
  private static final AlarmBudget BUDGET = new AlarmBudget(0.01, 1);
  private static final FeatureComparison TEST =
      new FeatureComparison(BUDGET.perFeature(), MIN_EFFECT, 100);

  private final SplittableRandom random = new SplittableRandom(12);
  private final Reference reference = Reference.of("x", gaussian(300_000, 0));

  private double[] gaussian(int n, double mean) {
    return random.doubles(n).map(u -> random.nextGaussian() + mean).toArray();
  }

  private Verdict window(double shift) {
    Profile window = reference.newProfile();
    for (double value : gaussian(100_000, shift)) {
      window.add(value);
    }
    FeatureResult result = TEST.of(reference, window);
    assertThat(result.p()).describedAs("shift %s", shift).isLessThan(BUDGET.perFeature());
    return WindowVerdict.of(List.of(result), BUDGET, MIN_EFFECT).verdict();
  }

  /** With many rows every window differs; an effect too small for an alarm must not prolong it. */
  @Test
  void significantWindowsBelowTheLeastEffectEndAnEpisode() {
    EpisodeState state = EpisodeState.INITIAL;
    double[] shifts = {0.3, 0.02, 0.02, 0.02};
    for (int i = 0; i < shifts.length; i++) {
      assertThat(state.firing()).isEqualTo(i > 0);
      state = state.next(window(shifts[i]), Instant.ofEpochSecond(i), 3);
    }

    assertThat(state).isEqualTo(new EpisodeState(Verdict.OK, 0, null));
  }
}
