package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Effects;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.StatisticalTest;
import dev.millrace.drift.detect.TestResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.WindowVerdict.CauseVerdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AlarmBudgetTest {
  private static final double MIN_EFFECT = 0.02;
  private static final Effects SLIGHT = new Effects(0, 0.019, null);
  private static final Effects LARGE = new Effects(1, 0.3, null);
  private static final AlarmBudget FIFTY =
      AlarmBudget.of(1, Duration.ofHours(1_000), Duration.ofHours(1), 50);

  @Test
  void dividesTheBudgetByWindowsHalvesAndFeatures() {
    AlarmBudget monthly = AlarmBudget.of(1, Duration.ofDays(30), Duration.ofHours(1), 7);

    assertThat(monthly.window()).isCloseTo(1.0 / 720, within(1e-15));
    assertThat(monthly.perFeature()).isCloseTo(0.85 / 720 / 2 / 7, within(1e-18));
  }

  /** Tests of single windows and evidence over windows, and the causes that come with labels. */
  @Test
  void whatOneWindowIsGrantedAddsUpToTheBudget() {
    AlarmBudget budget = AlarmBudget.of(1, Duration.ofDays(30), Duration.ofDays(1), 10);
    double ofPredictions = 2 * 10 * budget.perFeature();
    double ofLabels =
        budget.of(Cause.LABEL_COVERAGE)
            + budget.of(Cause.CONCEPT)
            + budget.of(Cause.QUALITY)
            + budget.of(Cause.FAIRNESS);

    assertThat(ofPredictions + ofLabels).isCloseTo(budget.window(), within(1e-15));
  }

  @Test
  void limitsTheLevelOfAWindowToOneInTwenty() {
    assertThat(AlarmBudget.of(100, Duration.ofDays(1), Duration.ofHours(1), 1).window())
        .isEqualTo(0.05);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AlarmBudget.of(0, Duration.ofDays(1), Duration.ofHours(1), 1))
        .withMessageContaining("false_alarms");
  }

  @Test
  void hundredThousandNullWindowsOfFiftyFeaturesKeepTheBudget() {
    SplittableRandom random = new SplittableRandom(11);
    int alarms = 0;
    for (int window = 0; window < 100_000; window++) {
      double least = 1;
      for (int feature = 0; feature < 50; feature++) {
        least = Math.min(least, random.nextDouble());
      }
      alarms += least <= FIFTY.perFeature() ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(100).isGreaterThan(20);
  }

  @Property
  void benjaminiHochbergRejectsUpToTheLargestRankBelowItsLine(
      @ForAll @Size(max = 30) List<@DoubleRange(min = 0, max = 0.2) Double> values,
      @ForAll @DoubleRange(min = 0.01, max = 0.5) double q) {
    double[] p = values.stream().mapToDouble(Double::doubleValue).toArray();
    double[] sorted = p.clone();
    Arrays.sort(sorted);
    double line = -1;
    for (int rank = 1; rank <= sorted.length; rank++) {
      line = sorted[rank - 1] <= q * rank / sorted.length ? sorted[rank - 1] : line;
    }

    boolean[] rejects = AlarmBudget.benjaminiHochberg(p, q);

    for (int i = 0; i < p.length; i++) {
      assertThat(rejects[i]).isEqualTo(p[i] <= line);
    }
  }

  @Test
  void verdictOfAWindowIsThatOfItsMostUnusualFeature() {
    FeatureResult calm = result("calm", 0.4, LARGE, Verdict.OK);
    FeatureResult odd = result("odd", 1e-4, LARGE, Verdict.OK);
    FeatureResult slight = result("slight", 1e-9, SLIGHT, Verdict.OK);
    FeatureResult drifting = result("drifting", 1e-9, LARGE, Verdict.DRIFT);
    FeatureResult empty = result("empty", 1, Effects.NONE, Verdict.INSUFFICIENT);

    assertThat(verdict(empty).verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(verdict().verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(verdict(calm, empty)).isEqualTo(data(Verdict.OK));
    assertThat(verdict(calm, odd, slight)).isEqualTo(data(Verdict.WARNING, "odd"));
    assertThat(verdict(calm, slight)).isEqualTo(data(Verdict.OK));
    assertThat(verdict(calm, drifting, odd, slight))
        .isEqualTo(data(Verdict.DRIFT, "drifting", "odd"));
  }

  private static WindowVerdict data(Verdict verdict, String... named) {
    CauseVerdict cause = new CauseVerdict(verdict, List.of(named));
    return new WindowVerdict(verdict, List.of(named), Map.of(Cause.DATA, cause));
  }

  private static WindowVerdict verdict(FeatureResult... results) {
    return WindowVerdict.of(List.of(results), new AlarmBudget(0.001, 3), MIN_EFFECT);
  }

  private static FeatureResult result(String feature, double p, Effects effects, Verdict verdict) {
    StatisticalTest test = StatisticalTest.KOLMOGOROV_SMIRNOV;
    List<TestResult> tests =
        verdict == Verdict.INSUFFICIENT
            ? List.of()
            : List.of(TestResult.of(test, Cause.DATA, 0, p, effects.jensenShannon()));
    Set<Cause> drifted = verdict == Verdict.DRIFT ? Set.of(Cause.DATA) : Set.of();
    return new FeatureResult(
        feature, test, 0, p, effects, 1_000, 1_000, verdict, tests, drifted, 0, true, List.of());
  }
}
