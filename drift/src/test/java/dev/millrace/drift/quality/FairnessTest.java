package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.quality.Disparity.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairnessTest {
  private static final double FOUR_FIFTHS = 0.8;
  private static final Fairness FAIRNESS = new Fairness(FOUR_FIFTHS, 30, Overdispersion.NONE);

  @Test
  void comparesASliceWithAllOthers() {
    Confusion all = new Confusion(100, 100, 100, 700);
    List<Disparity> found = FAIRNESS.of(all, Map.of("north", new Confusion(20, 60, 30, 90)));

    assertThat(found).extracting(Disparity::measure).containsExactly(Measure.values());
    Disparity positive = found.get(0);
    assertThat(positive.rate()).isEqualTo(0.4);
    assertThat(positive.restRate()).isEqualTo(0.15);
    assertThat(positive.ratio()).isEqualTo(80.5 / 200.5 / (120.5 / 800.5), within(1e-12));
    assertThat(positive.pValue()).isLessThan(0.01);
    Disparity recall = found.get(1);
    assertThat(recall.rate()).isEqualTo(0.4);
    assertThat(recall.restRate()).isEqualTo(80 / 150.0);
    assertThat(recall.pValue()).isGreaterThan(0.05);
    assertThat(found.get(2).rate()).isEqualTo(0.4);
    assertThat(found.get(2).restRate()).isEqualTo(40 / 650.0);
  }

  @Test
  void doesNotCompareFewRows() {
    Confusion all = new Confusion(100, 100, 100, 700);

    assertThat(FAIRNESS.of(all, Map.of("few", new Confusion(29, 0, 0, 0)))).isEmpty();
    assertThat(FAIRNESS.of(all, Map.of("most", new Confusion(100, 90, 90, 700)))).isEmpty();
  }

  @Test
  void aRateWithoutEventsHasAFiniteRatio() {
    List<Disparity> found =
        FAIRNESS.of(new Confusion(0, 50, 0, 950), Map.of("none", new Confusion(0, 0, 0, 300)));

    Disparity disparity = found.get(0);
    assertThat(disparity.rate()).isZero();
    assertThat(disparity.ratio()).isBetween(0.0, 0.1);
    assertThat(disparity.interval().upper()).isFinite();
    assertThat(disparity.pValue()).isLessThan(0.02);
  }

  /** At the threshold itself, where a false alarm is most likely, with 20 slices of 100 rows. */
  @Test
  void keepsTheLevelOverAllSlices() {
    Random random = new Random(8);
    int alarms = 0;
    int found = 0;
    for (int repetition = 0; repetition < 400; repetition++) {
      alarms += alarms(random, FOUR_FIFTHS) > 0 ? 1 : 0;
      found += alarms(random, 0.2) > 0 ? 1 : 0;
    }
    assertThat(alarms / 400.0).isLessThan(0.05);
    assertThat(found / 400.0).isGreaterThan(0.8);
  }

  @Test
  void intervalsOfRatiosCover() {
    Random random = new Random(9);
    int covered = 0;
    for (int repetition = 0; repetition < 1_000; repetition++) {
      Confusion some = rows(random, 150, 0.12);
      Confusion all = some.plus(rows(random, 1_000, 0.2));
      Disparity disparity = FAIRNESS.of(all, Map.of("s", some)).get(0);
      covered += disparity.interval().contains(0.6) ? 1 : 0;
    }
    assertThat(covered / 1_000.0).isBetween(0.93, 0.98);
  }

  private static int alarms(Random random, double ratio) {
    Map<String, Confusion> slices = new LinkedHashMap<>();
    Confusion all = Confusion.NONE;
    for (int slice = 0; slice < 20; slice++) {
      Confusion rows = rows(random, 100, slice == 0 ? 0.4 * ratio : 0.4);
      slices.put("s" + slice, rows);
      all = all.plus(rows);
    }
    List<Disparity> found = FAIRNESS.of(all, slices);
    return (int) found.stream().filter(each -> each.pValue() <= 0.05 / found.size()).count();
  }

  private static Confusion rows(Random random, int size, double rate) {
    Confusion rows = Confusion.NONE;
    for (int i = 0; i < size; i++) {
      rows = rows.plus(random.nextDouble() < rate, random.nextDouble() < 0.5);
    }
    return rows;
  }
}
