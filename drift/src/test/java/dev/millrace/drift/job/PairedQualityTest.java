package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.Shop;
import dev.millrace.drift.job.QualityShop.Scored;
import dev.millrace.schemas.avro.PairedQuality;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Champion and shadow on the same events, whose difficulty differs much more between windows than
 * the models do.
 */
class PairedQualityTest {
  private static final int WINDOWS = 5;
  private static final int PREDICTIONS = 800;

  /** Without each 20th. */
  private static final int PAIRS = 760;

  private static final int SLOTS = 8;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(SLOTS);

  @Test
  void pairsShowWhatTheFiguresOfEachModelDoNot() throws Exception {
    List<Scored> rows = rows(0.2, 0.02);
    List<QualityReport> reports = QualityTopologyTest.run(1, rows);

    List<Double> accuracies = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      QualityReport champion = measured(reports, window, Role.CHAMPION);
      QualityReport shadow = measured(reports, window, Role.SHADOW);
      PairedQuality paired = champion.getPaired().get(0);
      QualityFigure difference = figure(paired.getDifferences(), QualityMetric.ACCURACY);
      equalsTheRows(rows.subList(window * PREDICTIONS, (window + 1) * PREDICTIONS), paired);
      assertThat(difference.getLower()).isPositive();
      assertThat(paired.getPValue()).isLessThan(0.01);
      assertThat(figure(paired.getDifferences(), QualityMetric.BRIER).getUpper()).isNegative();
      QualityFigure ofChampion = figure(champion.getMetrics(), QualityMetric.ACCURACY);
      QualityFigure ofShadow = figure(shadow.getMetrics(), QualityMetric.ACCURACY);
      assertThat(ofChampion.getUpper()).as("intervals overlap").isGreaterThan(ofShadow.getLower());
      accuracies.add(ofChampion.getValue());

      assertThat(shadow.getModelVersion()).isEqualTo(QualityShop.SHADOW_VERSION);
      assertThat(shadow.getPredictions()).isEqualTo(PAIRS);
      assertThat(shadow.getConcept()).isNull();
      assertThat(shadow.getPaired()).isEmpty();
    }
    double spread =
        accuracies.stream().mapToDouble(Double::doubleValue).max().orElseThrow()
            - accuracies.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    assertThat(spread).as("between windows").isGreaterThan(0.1);
  }

  @Test
  void aShadowChangesNothingOfTheChampionAndTasksNothingOfThePairs() throws Exception {
    List<QualityReport> alone = QualityTopologyTest.run(1, rows(0, 0, false));
    List<QualityReport> beside = QualityTopologyTest.run(1, rows(0.2, 0.1));

    assertThat(QualityTopologyTest.run(SLOTS, rows(0.2, 0.1))).isEqualTo(beside);
    List<QualityReport> champion =
        beside.stream().filter(report -> report.getRole() == Role.CHAMPION).toList();
    for (QualityReport report : champion) {
      assertThat(report.getPaired()).hasSize(report.getEstimated() ? 0 : 1);
      report.setPaired(List.of());
    }
    assertThat(champion).isEqualTo(alone);
  }

  /** The pairs of slices are those of all. */
  @Test
  void slicesHavePairs() throws Exception {
    List<QualityReport> reports = QualityTopologyTest.run(1, rows(0.2, 0.1));

    long pairs =
        reports.stream()
            .filter(report -> report.getRole() == Role.CHAMPION && !report.getEstimated())
            .filter(report -> report.getSliceField() != null)
            .mapToLong(report -> report.getPaired().get(0).getPairs())
            .sum();
    assertThat(pairs).isEqualTo((long) WINDOWS * PAIRS);
  }

  private static List<Scored> rows(double gained, double lost) {
    return rows(gained, lost, true);
  }

  private static List<Scored> rows(double gained, double lost, boolean shadow) {
    List<Scored> rows = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      List<Scored> scored = QualityShop.window(window, PREDICTIONS, 0.1 * window);
      rows.addAll(shadow ? QualityShop.withShadow(scored, gained, lost) : scored);
    }
    return rows;
  }

  private static void equalsTheRows(List<Scored> rows, PairedQuality paired) {
    long onlyChampion = 0;
    long onlyShadow = 0;
    for (Scored row : rows) {
      GenericRecord shadow = (GenericRecord) row.prediction().get("shadow");
      if (shadow.get("score") != null && !shadow.get("positive").equals(row.positive())) {
        onlyChampion += row.positive() == row.refunded() ? 1 : 0;
        onlyShadow += row.positive() == row.refunded() ? 0 : 1;
      }
    }
    assertThat(paired.getModelVersion()).isEqualTo(QualityShop.SHADOW_VERSION);
    assertThat(paired.getPairs()).isEqualTo(PAIRS);
    assertThat(paired.getOnlyChampion()).isEqualTo(onlyChampion);
    assertThat(paired.getOnlyShadow()).isEqualTo(onlyShadow);
    assertThat(figure(paired.getDifferences(), QualityMetric.ACCURACY).getValue())
        .isEqualTo((onlyShadow - onlyChampion) / (double) PAIRS, within(1e-12));
  }

  private static QualityReport measured(List<QualityReport> reports, int window, Role role) {
    return reports.stream()
        .filter(report -> report.getWindowStart().toEpochMilli() == window * Shop.WINDOW)
        .filter(report -> report.getRole() == role && !report.getEstimated())
        .filter(report -> report.getSliceField() == null)
        .findFirst()
        .orElseThrow();
  }

  private static QualityFigure figure(List<QualityFigure> figures, QualityMetric metric) {
    return figures.stream()
        .filter(figure -> figure.getMetric() == metric)
        .findFirst()
        .orElseThrow();
  }
}
