package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Shares of new values and of missing inputs in windows of more or fewer rows than the calm ones;
 * fixed seeds.
 */
class ShareSizesTest {
  private static final int STREAMS = 20;
  private static final int WINDOWS = 40;
  private static final int CALM = 200;

  private final SplittableRandom random = new SplittableRandom(17);

  /** Rows of frequent values, and bursts of about ten rows of a value that is nowhere else. */
  private List<String> merchants(int rows, double bursts) {
    List<String> window = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      window.add("m" + random.nextInt(20));
    }
    double left = Math.exp(-bursts);
    for (double product = random.nextDouble(); product > left; product *= random.nextDouble()) {
      String merchant = "new" + random.nextLong();
      for (int row = 0; row < 1 + Math.log(random.nextDouble()) / Math.log(0.9); row++) {
        window.set(random.nextInt(rows), merchant);
      }
    }
    return window;
  }

  @Test
  void newValuesInBurstsAreNoDriftInWindowsSmallerThanTheBlocks() {
    int significant = 0;
    int found = 0;
    for (int i = 0; i < STREAMS; i++) {
      List<List<String>> values =
          IntStream.range(0, 20).mapToObj(block -> merchants(4_000, 4)).toList();
      Reference reference = Reference.of("x", values.stream().flatMap(List::stream).toList());
      List<Block> blocks = new ArrayList<>();
      for (List<String> block : values) {
        long unseen = block.stream().filter(value -> value.startsWith("new")).count();
        blocks.add(
            new Block(
                blocks.size() * DailyBlocks.DAY, FeatureStream.profile(reference, block), unseen));
      }
      Baseline baseline = BlockBaseline.of(reference, blocks, 30);
      for (int w = 0; w < WINDOWS; w++) {
        significant += isUnseen(reference, merchants(250, 0.25), baseline) ? 1 : 0;
      }
      found += isUnseen(reference, merchants(250, 12), baseline) ? 1 : 0;
    }

    double share = (double) significant / STREAMS / WINDOWS;
    System.out.printf(
        "bursts of new values in smaller windows: p <= .001 in %.4f; 48 times as many: in %d of"
            + " %d%n",
        share, found, STREAMS);
    assertThat(share).isLessThanOrEqualTo(0.005);
    assertThat(found).isGreaterThanOrEqualTo(18);
  }

  private static boolean isUnseen(Reference reference, List<String> window, Baseline baseline) {
    Profile profile = FeatureStream.profile(reference, window);
    return new FeatureComparison(0, 0, 30)
        .of(reference, profile, baseline).tests().stream()
            .anyMatch(test -> test.test() == StatisticalTest.UNSEEN_SHARE && test.p() <= 0.001);
  }

  /** The share differs between windows by a factor, which few rows hardly show. */
  @Test
  void aShareOfMissingInputsIsNoDriftInWindowsLargerThanTheCalmOnes() {
    int significant = 0;
    int found = 0;
    for (int i = 0; i < CALM; i++) {
      MissingFeatures calm =
          new MissingFeatures(IntStream.range(0, 20).mapToObj(w -> missing(100, 0.05)).toList());
      for (int w = 0; w < 4; w++) {
        significant += isMissing(calm, missing(1_500, 0.05)) ? 1 : 0;
      }
      found += isMissing(calm, missing(1_500, 0.8)) ? 1 : 0;
    }

    double share = significant / 4.0 / CALM;
    System.out.printf(
        "missing inputs in larger windows: p <= .001 in %.4f; sixteenfold: in %d of %d%n",
        share, found, CALM);
    assertThat(share).isLessThanOrEqualTo(0.0025);
    assertThat(found).isGreaterThanOrEqualTo(180);
  }

  private DeliveryCounts missing(int rows, double mean) {
    DeliveryCounts counts = new DeliveryCounts(1);
    double share = mean * Math.exp(0.2 * random.nextGaussian());
    for (int row = 0; row < rows; row++) {
      counts.add(DeliveryCounts.Wait.ARRIVED);
      boolean missing = random.nextDouble() < share;
      counts.add(0, missing ? DeliveryCounts.Status.NOT_FOUND : DeliveryCounts.Status.PRESENT);
    }
    return counts;
  }

  private static boolean isMissing(MissingFeatures calm, DeliveryCounts window) {
    return calm.ofInput(0, window).stream()
        .anyMatch(test -> test.test() == StatisticalTest.NOT_FOUND_SHARE && test.p() <= 0.001);
  }

  /** All rows of reference and window are null, and days differ: one had a value. */
  @Test
  void windowsOfNullsAloneAreLikeAReferenceOfNullsAlone() {
    Reference bins = Reference.of("x", 1, 2, 3, 4, 5);
    Profile all = bins.newProfile();
    List<Block> blocks = new ArrayList<>();
    for (int block = 0; block < 14; block++) {
      blocks.add(new Block(block * DailyBlocks.DAY, nulls(bins, 100), 0L));
      IntStream.range(0, 100).forEach(row -> all.addNull());
    }
    Reference reference = bins.withCounts(all);
    WindowComparison comparison =
        new WindowComparison(
            List.of(reference),
            List.of(BlockBaseline.of(reference, blocks, 30)),
            new FeatureComparison(1e-4, 0.05, 30),
            CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
    for (int day = 14; day < 20; day++) {
      Profile window = nulls(bins, 99);
      if (day == 15) {
        window.add(3);
      } else {
        window.addNull();
      }
      FeatureResult result = comparison.of(day * DailyBlocks.DAY, i -> window).get(0);
      comparison.after(WindowComparison.Outcome.CALM);

      assertThat(result.verdict()).isEqualTo(Verdict.OK);
      assertThat(result.p()).isBetween(0.01, 1.0);
    }
  }

  private static Profile nulls(Reference reference, int rows) {
    Profile profile = reference.newProfile();
    IntStream.range(0, rows).forEach(row -> profile.addNull());
    return profile;
  }
}
