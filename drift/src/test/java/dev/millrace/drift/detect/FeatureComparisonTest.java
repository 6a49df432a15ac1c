package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureComparisonTest {
  private static final FeatureComparison TEST = new FeatureComparison(1e-4, 0.02, 200);
  private final SplittableRandom random = new SplittableRandom(7);

  private double[] gaussian(int n, double mean) {
    return IntStream.range(0, n).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  private static Profile window(Reference reference, double... values) {
    Profile profile = reference.newProfile();
    for (double value : values) {
      profile.add(value);
    }
    return profile;
  }

  @Test
  void detectsAShiftAndAcceptsEqualSamples() {
    Reference reference = Reference.of("amount", gaussian(20_000, 0));

    FeatureResult same = TEST.of(reference, window(reference, gaussian(2_000, 0)));
    FeatureResult shifted = TEST.of(reference, window(reference, gaussian(2_000, 0.5)));

    assertThat(same.verdict()).isEqualTo(Verdict.OK);
    assertThat(shifted.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(shifted.effects().wasserstein()).isBetween(0.45, 0.55);
  }

  @Test
  void detectsAConstantFeatureThatStartsToVaryInFiftyRows() {
    double[] constant = new double[10_000];
    double[] fifty = gaussian(50, 0);
    Reference reference = Reference.of("flag", constant);

    FeatureResult result =
        new FeatureComparison(1e-4, 0.02, 30).of(reference, window(reference, fifty));

    assertThat(result.verdict()).isEqualTo(Verdict.DRIFT);
  }

  @Test
  void detectsNewCategoriesAndNulls() {
    Reference reference =
        Reference.of("device", IntStream.range(0, 5_000).mapToObj(i -> "d" + i % 7).toList());
    Profile nulls = reference.newProfile();
    Profile unseen = reference.newProfile();
    for (int i = 0; i < 1000; i++) {
      nulls.addObject(i % 50 == 0 ? null : "d" + i % 7);
      unseen.addObject(i % 50 == 0 ? "new" : "d" + i % 7);
    }
    List<FeatureResult> results = List.of(TEST.of(reference, nulls), TEST.of(reference, unseen));
    assertThat(results).extracting(FeatureResult::verdict).containsOnly(Verdict.DRIFT);
    assertThat(results)
        .extracting(FeatureResult::test)
        .containsExactly(StatisticalTest.NULL_SHARE, StatisticalTest.UNSEEN_SHARE);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 64})
  void resultDoesNotDependOnThePartitions(int partitions) {
    Reference reference = Reference.of("amount", gaussian(20_000, 0));
    double[] values = gaussian(5_000, 0.05);
    FeatureResult whole = TEST.of(reference, window(reference, values));

    Profile merged = reference.newProfile();
    for (int p = partitions - 1; p >= 0; p--) {
      Profile part = reference.newProfile();
      for (int i = p; i < values.length; i += partitions) {
        part.add(values[i]);
      }
      merged.merge(Profile.fromBytes(reference.bins(), part.toBytes()));
    }

    assertThat(TEST.of(reference, merged)).isEqualTo(whole);
  }

  @Test
  void driftNeedsBothSignificanceAndEffect() {
    Reference reference = Reference.of("amount", gaussian(60_000, 0));
    Profile slight = window(reference, gaussian(200_000, 0.03));
    Profile few = window(reference, gaussian(250, 0.15));

    FeatureResult significant = TEST.of(reference, slight);
    FeatureResult notSignificant = new FeatureComparison(1e-9, 0, 200).of(reference, few);

    assertThat(significant.p()).isLessThan(1e-4);
    assertThat(significant.verdict()).isEqualTo(Verdict.OK);
    assertThat(notSignificant.verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void namesEachKindOfUnbinnedValue() {
    double[] training = gaussian(20_000, 0);
    Reference reference = Reference.of("amount", training);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      Profile window = window(reference, Arrays.copyOf(training, 1_000));
      window.add(kind, 12);

      FeatureResult result = TEST.of(reference, window);

      assertThat(result.verdict()).describedAs(kind.name()).isEqualTo(Verdict.DRIFT);
      assertThat(result.test().name()).isEqualTo(kind.name() + "_SHARE");
    }
  }

  @Test
  void testsAWindowOfOnlyNullsByTheirShare() {
    Reference reference = Reference.of("amount", gaussian(5_000, 0));
    Profile nulls = reference.newProfile();
    nulls.add(UnbinnedKind.NULL, 1_000);
    Reference alwaysNull = Reference.of("broken", new double[0]);

    assertThat(TEST.of(reference, nulls).verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(TEST.of(alwaysNull, alwaysNull.newProfile()).verdict())
        .isEqualTo(Verdict.INSUFFICIENT);
  }

  @Test
  void detectsAShiftOfCategoriesByChiSquare() {
    Reference reference =
        Reference.of("device", IntStream.range(0, 5_000).mapToObj(i -> "d" + i % 7).toList());
    Profile shifted = reference.newProfile();
    IntStream.range(0, 1_000).forEach(i -> shifted.add("d" + i % 6));

    FeatureResult result = TEST.of(reference, shifted);

    assertThat(result.test()).isEqualTo(StatisticalTest.CHI_SQUARE);
    assertThat(result.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(result.effects().wasserstein()).isNull();
  }

  @Test
  void rejectsAWindowOverOtherBins() {
    Reference reference = Reference.of("amount", gaussian(500, 0));
    Profile other = window(Reference.of("amount", gaussian(500, 1)), 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TEST.of(reference, other))
        .withMessageContaining("'amount' was counted over other bins");
  }
}
