package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References with too few blocks: live windows calibrate the tests. */
class FewBlocksTest {
  private final SplittableRandom random = new SplittableRandom(22);

  private double[] rows(int n, double mean) {
    return IntStream.range(0, n).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  private FeatureStream stream(int blocks, int rows) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < Math.max(5, blocks); i++) {
      values.add(rows(rows, 0));
    }
    Reference reference =
        Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
    List<Profile> profiles =
        values.stream().limit(blocks).map(v -> FeatureStream.profile(reference, v)).toList();
    return new FeatureStream(reference, BlockBaseline.of(reference, DailyBlocks.of(profiles), 30));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5, 9})
  void aChangeSinceTrainingIsFoundAsSoonAsTenWindowsAreKnown(int blocks) {
    FeatureStream stream = stream(blocks, 500);
    int missing = Baseline.FEWEST - blocks;

    List<FeatureResult> results =
        IntStream.range(0, 30).mapToObj(i -> stream.next(rows(500, 1))).toList();

    // The first live window is compared with none.
    assertThat(results.subList(0, missing + 1)).noneMatch(FeatureResult::calibrated);
    assertThat(results.subList(missing + 1, 30))
        .allMatch(result -> result.verdict() == Verdict.DRIFT);
  }

  @Test
  void liveWindowsOfLessThanHalfTheRowsCalibrateToo() {
    FeatureStream stream = stream(5, 1_000);

    List<FeatureResult> results =
        IntStream.range(0, 20).mapToObj(i -> stream.next(rows(200, i < 15 ? 0 : 3))).toList();

    assertThat(results.subList(6, 15))
        .allMatch(result -> result.calibrated() && result.verdict() == Verdict.OK);
    assertThat(results.subList(15, 20)).allMatch(result -> result.verdict() == Verdict.DRIFT);
  }

  @Test
  void aConstantCategoryIsCalibratedAndFoundWhenItVaries() {
    Reference reference = Reference.of("country", Collections.nCopies(5_000, "DE"));
    FeatureStream stream = new FeatureStream(reference, Baseline.UNKNOWN);
    List<String> calm = Collections.nCopies(500, "DE");
    List<String> varied = new ArrayList<>(calm.subList(0, 250));
    varied.addAll(Collections.nCopies(250, "FR"));

    List<FeatureResult> results =
        IntStream.range(0, 12)
            .mapToObj(i -> stream.next(FeatureStream.profile(reference, calm)))
            .toList();

    assertThat(results.get(11).calibrated()).isTrue();
    assertThat(results.get(11).calmWindows()).isGreaterThanOrEqualTo(Baseline.FEWEST);
    assertThat(stream.next(FeatureStream.profile(reference, varied)).verdict())
        .isEqualTo(Verdict.DRIFT);
  }

  /** Nights are shifted by half a deviation, in training as well. */
  @Test
  void hoursAreCalibratedWithAWholeDay() {
    double[] training = new double[24_000];
    for (int i = 0; i < training.length; i++) {
      training[i] = random.nextGaussian() + night(i % 24);
    }
    double alpha = 1.0 / 720 * 0.85 / 2 / 10;
    int first = 8;
    FeatureStream stream =
        new FeatureStream(
            Reference.of("x", training),
            Baseline.UNKNOWN,
            alpha,
            Duration.ofHours(1),
            Duration.ofHours(first).toMillis());

    List<FeatureResult> results = new ArrayList<>();
    for (int i = 0; i < 5 * 24; i++) {
      results.add(stream.next(rows(400, night((first + i) % 24))));
    }

    assertThat(results.subList(0, 24)).noneMatch(FeatureResult::calibrated);
    assertThat(results.subList(24, 5 * 24)).allMatch(FeatureResult::calibrated);
    assertThat(results).noneMatch(result -> result.verdict() == Verdict.DRIFT);
    assertThat(stream.next(rows(400, 3)).verdict()).isEqualTo(Verdict.DRIFT);
  }

  private static double night(int hour) {
    return hour < 7 || hour > 21 ? 0.5 : 0;
  }
}
