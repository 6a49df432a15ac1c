package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.quality.QualityRows.Row;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QualityCountsMergeTest {
  private static final int LIMIT = 8 * 1024;

  @Test
  void anyDivisionOfTheRowsGivesTheSameMetrics() {
    List<Row> rows = new ArrayList<>(QualityRows.calibrated(new Random(5), 5_000, -2));
    List<Metric> whole = BinaryMetrics.of(QualityRows.counts(rows), Overdispersion.NONE);

    for (int parts : new int[] {2, 8, 64}) {
      Collections.shuffle(rows, new Random(parts));
      BinaryCounts sum = new BinaryCounts();
      for (int part = 0; part < parts; part++) {
        List<Row> some = rows.subList(part * rows.size() / parts, (part + 1) * rows.size() / parts);
        StateWriter out = new StateWriter();
        QualityRows.counts(some).write(out);
        sum.read(new StateReader(out.toBytes()));
      }
      assertThat(BinaryMetrics.of(sum, Overdispersion.NONE)).isEqualTo(whole);
    }
  }

  @Test
  void anyDivisionOfTheRowsGivesTheSameErrorsOfARegression() {
    Random random = new Random(6);
    double[][] rows = new double[2_000][];
    for (int i = 0; i < rows.length; i++) {
      double scale = Math.pow(10, random.nextInt(9) - 4);
      rows[i] = new double[] {scale * random.nextGaussian(), scale * random.nextGaussian()};
    }
    RegressionCounts forward = new RegressionCounts();
    RegressionCounts backward = new RegressionCounts();
    RegressionCounts part = new RegressionCounts();
    for (int i = 0; i < rows.length; i++) {
      forward.add(rows[i][0], rows[i][1]);
      double[] last = rows[rows.length - 1 - i];
      part.add(last[0], last[1]);
      if (i % 37 == 0 || i == rows.length - 1) {
        StateWriter out = new StateWriter();
        part.write(out);
        backward.read(new StateReader(out.toBytes()));
        part = new RegressionCounts();
      }
    }

    assertThat(RegressionMetrics.of(backward, Overdispersion.NONE))
        .isEqualTo(RegressionMetrics.of(forward, Overdispersion.NONE));
  }

  /** A count below 2^35 takes five bytes: all bins at their widest are below the limit. */
  @Test
  void encodedCountsAreSmall() {
    BinaryCounts counts = new BinaryCounts();
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      double score = random.nextDouble();
      double edge = random.nextBoolean() ? score : Math.pow(2, -20 * score);
      counts.add(
          random.nextBoolean() ? edge : 1 - edge, random.nextBoolean(), random.nextBoolean());
    }
    for (int doubling = 0; doubling < 18; doubling++) {
      counts.add(counts);
    }
    StateWriter out = new StateWriter();
    counts.write(out);

    assertThat(counts.total()).isGreaterThan(20_000_000_000L);
    assertThat(out.toBytes().length).isLessThan(LIMIT);
  }

  @Test
  void binsAreInTheOrderOfScoresAndNarrow() {
    int before = -1;
    double first = 0;
    for (int i = 0; i <= 1_000_000; i++) {
      double score = i / 1e6;
      int bin = ScoreBins.index(score);
      assertThat(bin).isBetween(before, ScoreBins.COUNT - 1);
      if (bin != before) {
        before = bin;
        first = score;
      }
      assertThat(score - first).isLessThanOrEqualTo(1 / 256.0);
      assertThat(ScoreBins.middle(bin)).isBetween(score - 1 / 256.0, score + 1 / 256.0);
      assertThat(ScoreBins.index(ScoreBins.middle(bin))).isEqualTo(bin);
    }
    assertThat(before).isEqualTo(ScoreBins.COUNT - 1);
    assertThat(ScoreBins.index(-3)).isZero();
    assertThat(ScoreBins.index(7)).isEqualTo(ScoreBins.COUNT - 1);
  }
}
