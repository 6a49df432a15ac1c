package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Days of an outage among the blocks; fixed seeds. */
class OutlyingBlocksTest {
  private static final int ROWS = 1_000;
  private final SplittableRandom random = new SplittableRandom(15);

  private double[] rows(double mean) {
    return IntStream.range(0, ROWS).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  /** Days whose means differ by .05 deviations; in an outage all values are 0. */
  private List<double[]> days(int days, Set<Integer> outages) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < days; i++) {
      values.add(outages.contains(i) ? new double[ROWS] : rows(0.05 * random.nextGaussian()));
    }
    return values;
  }

  private static Reference reference(List<double[]> days) {
    return Reference.of("x", days.stream().flatMapToDouble(Arrays::stream).toArray());
  }

  private static List<Block> blocks(Reference reference, List<double[]> days) {
    return DailyBlocks.of(days.stream().map(d -> FeatureStream.profile(reference, d)).toList());
  }

  @ParameterizedTest
  @CsvSource({"14, 1", "30, 1", "30, 3"})
  void anOutageHidesNoLaterChange(int days, int outages) {
    Set<Integer> outage =
        IntStream.range(0, outages).mapToObj(i -> 4 * i + 1).collect(Collectors.toSet());
    List<double[]> values = days(days, outage);
    Reference reference = reference(values);
    List<Block> blocks = blocks(reference, values);
    Baseline baseline = BlockBaseline.of(reference, blocks, 30);

    Map<Block, StatisticalTest> leftOut =
        BlockBaseline.leftOut(SeasonalReference.constant(reference), blocks, 30);
    FeatureResult shifted = new FeatureStream(reference, baseline).next(rows(1));
    FeatureResult again = new FeatureStream(reference, baseline).next(new double[ROWS]);

    assertThat(leftOut.keySet())
        .extracting(block -> (int) (block.startMillis() / DailyBlocks.DAY))
        .containsExactlyInAnyOrderElementsOf(outage);
    assertThat(baseline.windows()).isEqualTo(days - outages);
    assertThat(shifted.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(again.verdict()).isEqualTo(Verdict.DRIFT);
  }

  @Test
  void frequentUnusualBlocksAreNotLeftOut() {
    List<double[]> often = days(15, Set.of(1, 5, 9, 13));
    Reference reference = reference(often);
    int leftOut = 0;
    for (int i = 0; i < 50; i++) {
      List<double[]> calm = days(14, Set.of());
      Reference ofCalm = reference(calm);
      leftOut +=
          BlockBaseline.leftOut(SeasonalReference.constant(ofCalm), blocks(ofCalm, calm), 30)
              .size();
    }

    assertThat(
            BlockBaseline.leftOut(
                SeasonalReference.constant(reference), blocks(reference, often), 30))
        .isEmpty();
    assertThat(leftOut).isLessThanOrEqualTo(1);
  }
}
