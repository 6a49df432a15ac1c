package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.quality.Metric.Name;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedComparisonTest {
  private static final int WINDOWS = 1_000;

  /** Twice the tail of the binomial distribution, computed by hand. */
  @Test
  void mcNemarIsExact() {
    assertThat(PairedComparison.mcNemar(1, 9, Overdispersion.NONE))
        .isEqualTo(2 * (1 + 10) / 1024.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(9, 1, Overdispersion.NONE))
        .isEqualTo(22 / 1024.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(5, 5, Overdispersion.NONE)).isEqualTo(1);
    assertThat(PairedComparison.mcNemar(0, 0, Overdispersion.NONE)).isEqualTo(1);
    assertThat(PairedComparison.mcNemar(10, 90, new Overdispersion(10, 0)))
        .isEqualTo(22 / 1024.0, within(1e-12));
  }

  /**
   * Of models of equal quality at most 5 % of the windows differ, also where the rows of each part
   * of the window favour one of them together.
   *
   * @param rows of a window
   * @param parts of the window that have rows
   * @param favour how much more often than the other one a model is right in a part, at most
   */
  @ParameterizedTest
  @CsvSource({"400, 64, 0", "3000, 64, 0", "3000, 64, 0.5", "3000, 24, 0.5", "1000, 10, 0.5"})
  void theLevelIsKept(int rows, int parts, double favour) {
    Random random = new Random(12);
    int[] outside = new int[3];
    int rejected = 0;
    for (int window = 0; window < WINDOWS; window++) {
      PairedCounts counts = counts(random, rows, parts, 0.5, favour);
      PairedComparison same = PairedComparison.of(counts, counts);
      for (int i = 0; i < outside.length; i++) {
        outside[i] += interval(same, i).contains(0) ? 0 : 1;
      }
      rejected += Objects.requireNonNull(same.pValue()) <= 0.05 ? 1 : 0;
    }
    for (int each : outside) {
      assertThat(each).isLessThanOrEqualTo(WINDOWS * 7 / 100);
    }
    assertThat(rejected).isLessThanOrEqualTo(WINDOWS * 6 / 100);
  }

  /** A difference that the figures of each model alone cannot show. */
  @Test
  void findsASmallDifferenceOnTheSameEvents() {
    PairedCounts counts = counts(new Random(13), 2_000, 64, 0.8, 0);
    PairedComparison better = PairedComparison.of(counts, counts);

    assertThat(value(better, Name.ACCURACY)).isBetween(0.0, 0.08);
    assertThat(better.pValue()).isLessThan(1e-4);
    assertThat(value(better, Name.BRIER)).isNegative();
    assertThat(value(better, Name.LOG_LOSS)).isNegative();
  }

  /** The figures of a few rows, computed by hand. */
  @Test
  void differencesOfARegression() {
    PairedCounts counts = new PairedCounts();
    double[] labels = {10, 10, 10, 10};
    double[] first = {13, 7, 14, 10};
    double[] second = {11, 9, 10, 14};
    for (int i = 0; i < labels.length; i++) {
      counts.add(row(first[i], null), row(second[i], null), labels[i], false, i);
    }
    counts.add(row(Double.MAX_VALUE, null), row(1, null), 1, false, 0);

    PairedComparison comparison = PairedComparison.of(counts, counts);

    assertThat(comparison.pairs()).isEqualTo(4);
    assertThat(comparison.pValue()).isNull();
    assertThat(comparison.differences())
        .extracting(Metric::name)
        .containsExactly(Name.MAE, Name.RMSE);
    assertThat(value(comparison, Name.MAE)).isEqualTo((6 - 10) / 4.0, within(1e-12));
    assertThat(value(comparison, Name.RMSE))
        .isEqualTo(Math.sqrt(18 / 4.0) - Math.sqrt(34 / 4.0), within(1e-12));
  }

  @Test
  void metricsThatAPairDoesNotDefineAreLeftOut() {
    PairedCounts counts = counts(new Random(15), 100, 64, 0.5, 0);
    counts.add(row(0.5, true), row(1.5, true), 1, true, 0);
    assertThat(PairedComparison.of(counts, counts).differences())
        .extracting(Metric::name)
        .containsExactly(Name.ACCURACY);

    counts.add(row(0.5, null), row(0.5, null), 1, true, 0);
    counts.add(row(0.5, true), row(0.5, true), 2, true, 0);
    PairedComparison comparison = PairedComparison.of(counts, counts);
    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.pValue()).isNull();
    assertThat(comparison.pairs()).isEqualTo(102);
  }

  @Test
  void countsAddUp() {
    PairedCounts sum = new PairedCounts();
    PairedCounts whole = new PairedCounts();
    for (int part = 0; part < 8; part++) {
      StateWriter out = new StateWriter();
      counts(new Random(part), 100, 64, 0.7, 0.2).write(out);
      sum.read(new StateReader(out.toBytes()));
      assertThat(out.toBytes()).hasSizeLessThan(4096);
      add(whole, new Random(part), 100, 64, 0.7, 0.2);
    }

    assertThat(PairedComparison.of(sum, sum)).isEqualTo(PairedComparison.of(whole, whole));
  }

  private static PairedCounts counts(
      Random random, int size, int parts, double second, double favour) {
    PairedCounts counts = new PairedCounts();
    add(counts, random, size, parts, second, favour);
    return counts;
  }

  /**
   * Models that differ in a tenth of the events.
   *
   * @param second how often the second one is right where they differ
   * @param favour half the range of this share between parts
   */
  private static void add(
      PairedCounts counts, Random random, int size, int parts, double second, double favour) {
    double[] shares = random.doubles(parts, second - favour, second + favour + 1e-9).toArray();
    for (int i = 0; i < size; i++) {
      int part = random.nextInt(parts);
      boolean label = random.nextBoolean();
      boolean common = random.nextDouble() < 0.8 ? label : !label;
      boolean differs = random.nextDouble() < 0.1;
      boolean secondIsRight = random.nextDouble() < shares[part];
      boolean one = differs ? (secondIsRight ? !label : label) : common;
      boolean other = differs ? !one : common;
      counts.add(
          row(one ? 0.75 : 0.25, one), row(other ? 0.75 : 0.25, other), label ? 1 : 0, true, part);
    }
  }

  private static QualityRow row(double score, @Nullable Boolean decision) {
    return new QualityRow("v", "CHAMPION", 0, score, decision, null, false, List.of());
  }

  private static double value(PairedComparison comparison, Name name) {
    return comparison.differences().stream()
        .filter(metric -> metric.name() == name)
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static Interval interval(PairedComparison comparison, int index) {
    return Objects.requireNonNull(comparison.differences().get(index).interval());
  }
}
