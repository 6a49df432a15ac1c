package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each test of a feature is calibrated by what calm windows show of itself; fixed seeds. */
class OwnCalibrationTest {
  private final SplittableRandom random = new SplittableRandom(3);

  private List<String> flags(int n, double share) {
    return IntStream.range(0, n)
        .mapToObj(i -> random.nextDouble() < share ? "rare" : "usual")
        .toList();
  }

  /** A share that varies between windows with a standard deviation of its logarithm. */
  private double share(double mean, double logSd) {
    return mean * Math.exp(logSd * random.nextGaussian() - logSd * logSd / 2);
  }

  /** The value is too rare to be tested in blocks of 300 rows, and is tested in larger windows. */
  @ParameterizedTest
  @CsvSource({"0.6, 900", "1.0, 900", "0.6, 4500"})
  void aRareValueWhoseShareVariesIsNoDrift(double logSd, int rows) {
    long drift = 0;
    int found = 0;
    for (int stream = 0; stream < 4; stream++) {
      List<List<String>> blocks = new ArrayList<>();
      IntStream.range(0, 30).forEach(i -> blocks.add(flags(300, share(0.012, logSd))));
      Reference reference = Reference.of("flag", blocks.stream().flatMap(List::stream).toList());
      List<Profile> profiles =
          blocks.stream().map(b -> FeatureStream.profile(reference, b)).toList();
      FeatureStream windows =
          new FeatureStream(reference, BlockBaseline.of(reference, DailyBlocks.of(profiles), 30));
      for (int i = 0; i < 25; i++) {
        FeatureResult result =
            windows.next(FeatureStream.profile(reference, flags(rows, share(0.012, logSd))));
        drift +=
            result.tests().stream()
                .filter(test -> test.test() == StatisticalTest.CHI_SQUARE)
                .filter(test -> test.p() <= FeatureStream.ALPHA)
                .count();
        assertThat(result.tests()).isNotEmpty();
      }
      List<String> often = flags(rows, 0.5);
      found +=
          windows.next(FeatureStream.profile(reference, often)).verdict() == Verdict.DRIFT ? 1 : 0;
    }

    // With textbook levels it is 70 to 97.
    assertThat(drift).isLessThanOrEqualTo(2);
    assertThat(found).isEqualTo(4);
  }

  @Test
  void aKindOfValueThatNeverOccurredIsFoundAtOnce() {
    Reference reference = Reference.of("x", random.doubles(3_000).toArray());
    List<Profile> days =
        IntStream.range(0, 14)
            .mapToObj(i -> FeatureStream.profile(reference, random.doubles(200).toArray()))
            .toList();
    FeatureStream stream =
        new FeatureStream(reference, BlockBaseline.of(reference, DailyBlocks.of(days), 30));
    Profile nulls = FeatureStream.profile(reference, random.doubles(180).toArray());
    nulls.add(UnbinnedKind.NULL, 20);

    FeatureResult result = stream.next(nulls);

    assertThat(result.drifted()).contains(Cause.DATA_QUALITY);
  }

  @Test
  void aTestThatBlocksCouldNotMakeIsNotMadeOfLargerWindows() {
    // With 60 rows a block has too few values for the test inside groups; live windows have enough.
    double[] training = random.doubles(1_200).toArray();
    Reference reference = Reference.of("x", training);
    List<Profile> days = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      days.add(
          FeatureStream.profile(
              reference, random.doubles(60).map(value -> value * value * value).toArray()));
    }
    FeatureStream stream =
        new FeatureStream(reference, BlockBaseline.of(reference, DailyBlocks.of(days), 30));

    FeatureResult result = stream.next(random.doubles(5_000).toArray());

    assertThat(result.calibrated()).isTrue();
    assertThat(result.tests())
        .extracting(TestResult::test)
        .contains(StatisticalTest.KOLMOGOROV_SMIRNOV)
        .doesNotContain(StatisticalTest.LOCAL_CHI_SQUARE);
  }

  /** In windows of 100 rows most of the 256 bins are empty: their noise must not hide a change. */
  @Test
  void aShiftIsFoundWhereSmallLiveWindowsHaveCalibrated() {
    int found = 0;
    int alarms = 0;
    int positive = 0;
    for (int stream = 0; stream < 10; stream++) {
      Reference reference = Reference.of("x", normal(30_000, 0));
      WindowComparison comparison =
          new WindowComparison(
              List.of(reference),
              List.of(Baseline.UNKNOWN),
              new FeatureComparison(1e-4, 0.02, 30),
              CalmSpan.of(Duration.ofHours(2), Duration.ZERO));
      for (int i = 0; i < 96; i++) {
        FeatureResult calm = next(comparison, reference, i, 0, WindowComparison.Outcome.CALM);
        alarms += calm.verdict() == Verdict.DRIFT ? 1 : 0;
        positive += i >= 24 && calm.effects().jensenShannon() > 0 ? 1 : 0;
      }
      for (int i = 96; i < 108; i++) {
        FeatureResult shifted =
            next(comparison, reference, i, 0.5, WindowComparison.Outcome.UNUSUAL);
        if (shifted.verdict() == Verdict.DRIFT) {
          found++;
          break;
        }
      }
    }

    System.out.printf(
        "shift of 0.5 sd after live calibration: found in %d of 10 streams; %d false alarms; effect"
            + " above 0 in %d of 720 calm windows%n",
        found, alarms, positive);
    assertThat(found).isGreaterThanOrEqualTo(9);
    assertThat(alarms).isLessThanOrEqualTo(1);
    assertThat(positive).isBetween(144, 432);
  }

  private double[] normal(int rows, double mean) {
    return IntStream.range(0, rows).mapToDouble(i -> mean + random.nextGaussian()).toArray();
  }

  private FeatureResult next(
      WindowComparison comparison,
      Reference reference,
      int window,
      double mean,
      WindowComparison.Outcome outcome) {
    Profile profile = FeatureStream.profile(reference, normal(100, mean));
    long start = Duration.ofHours(2).toMillis() * window;
    FeatureResult result = comparison.of(start, unused -> profile).get(0);
    comparison.after(outcome);
    return result;
  }

  /** A new merchant sends about ten rows in its first window, in training as well as live. */
  @ParameterizedTest
  @CsvSource({"0.3, true", "1, true", "3, true", "1, false"})
  void newValuesThatComeInBurstsAreNoDrift(double newValues, boolean inProfile) {
    int drift = 0;
    int windows = 200;
    List<List<String>> blocks = new ArrayList<>();
    IntStream.range(0, 30).forEach(i -> blocks.add(merchants(newValues)));
    Reference reference = Reference.of("merchant", blocks.stream().flatMap(List::stream).toList());
    FeatureStream stream =
        new FeatureStream(
            reference, BlockBaseline.of(reference, blocks(reference, blocks, inProfile), 30));
    for (int i = 0; i < windows; i++) {
      FeatureResult result = stream.next(FeatureStream.profile(reference, merchants(newValues)));
      drift += result.drifted().contains(Cause.UNSEEN_CATEGORIES) ? 1 : 0;
    }

    FeatureResult all =
        stream.next(FeatureStream.profile(reference, Collections.nCopies(1_000, "other shop")));

    assertThat(drift).isLessThanOrEqualTo(2);
    assertThat(all.verdict()).isEqualTo(Verdict.DRIFT);
  }

  private int merchants;

  private List<String> merchants(double newValues) {
    List<String> window = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      window.add("m" + (int) (30 * random.nextDouble() * random.nextDouble()));
    }
    double left = Math.exp(-newValues);
    for (double product = random.nextDouble(); product > left; product *= random.nextDouble()) {
      int rows = 1 + (int) (Math.log(random.nextDouble()) / Math.log(0.9));
      for (int i = 0; i < rows; i++) {
        window.set(random.nextInt(1_000), "new" + merchants);
      }
      merchants++;
    }
    return window;
  }

  private static List<Block> blocks(
      Reference reference, List<List<String>> blocks, boolean withUnseen) {
    Map<String, Integer> blocksOf = new HashMap<>();
    blocks.forEach(b -> b.stream().distinct().forEach(v -> blocksOf.merge(v, 1, Integer::sum)));
    List<Block> all = new ArrayList<>();
    for (List<String> each : blocks) {
      long unseen = each.stream().filter(v -> blocksOf.getOrDefault(v, 0) == 1).count();
      all.add(
          new Block(
              all.size() * DailyBlocks.DAY,
              FeatureStream.profile(reference, each),
              withUnseen ? (Long) unseen : null));
    }
    return all;
  }
}
