package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.calibration.Tails;
import dev.millrace.drift.quality.ConceptMonitor.Step;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConceptMonitorTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int ROWS = 2_000;

  /** One false alarm of any cause in 30 windows. */
  private static final ConceptMonitor MONITOR = new ConceptMonitor(1 / 30.0, DAY);

  @Test
  void calibratesWithTheFirstWindowsThenFindsAChange() {
    Random random = new Random(1);
    List<ConceptResult> results = run(random, ConceptMemory.of(List.of()), 40, 0, 30, 0.35);

    assertThat(results.subList(0, 14))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.CALIBRATING);
    assertThat(results.get(0).getWindowsMissing()).isEqualTo(13);
    assertThat(results.subList(14, 30))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
    ConceptResult last = results.get(32);
    assertThat(last.getState()).isEqualTo(ConceptStatus.DRIFT);
    assertThat(last.getDirection()).isEqualTo(ConceptDirection.WORSE);
    assertThat(last.getSince().toEpochMilli()).isBetween(29 * DAY, 31 * DAY);
    assertThat(last.getErrorBefore()).isEqualTo(0.2, within(0.02));
    assertThat(last.getErrorSince()).isEqualTo(0.35, within(0.03));
    assertThat(last.getOddsRatio()).isEqualTo(0.35 / 0.65 / 0.25, within(0.3));
  }

  @Test
  void startsAtOnceWithTheBlocksOfTraining() {
    Random random = new Random(2);
    List<WindowErrors> training = new ArrayList<>();
    for (int i = 0; i < 28; i++) {
      training.add(window(random, 0.2, 0).sum());
    }
    List<ConceptResult> results = run(random, ConceptMemory.of(training), 8, 0, 3, 0.1);

    assertThat(results.get(0).getState()).isEqualTo(ConceptStatus.OK);
    assertThat(results.get(0).getReferenceLabels()).isEqualTo(28L * ROWS);
    assertThat(results.get(7).getState()).isEqualTo(ConceptStatus.DRIFT);
    assertThat(results.get(7).getDirection()).isEqualTo(ConceptDirection.BETTER);
  }

  /**
   * Windows whose error rates vary by a third, with a common cause that lasts for days: 30 streams
   * of 44 days. At the budget of 1 per 30 days, of which this test has a tenth, 3 alarms are due in
   * the 30 days after calibration.
   */
  @Test
  void keepsTheBudgetWhereWindowsDependOnEachOther() {
    int alarms = 0;
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      boolean alarmed =
          run(random, ConceptMemory.of(List.of()), 44, 0.3, 44, 0.2).stream()
              .anyMatch(result -> result.getState() == ConceptStatus.DRIFT);
      alarms += alarmed ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(5);
  }

  @Test
  void dispersionOfWindowsIsNotTooSmall() {
    assertThat(Tails.chiSquareQuantile(0.1, 13)).isEqualTo(7.041505, within(1e-5));
    int below = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<WindowErrors> windows = new ArrayList<>();
      for (int i = 0; i < 14; i++) {
        windows.add(window(random, 0.15 + 0.1 * random.nextDouble(), 0).sum());
      }
      // Variance of the shares 0.1^2 / 12, of independent rows 0.16 / 2000.
      below += WindowDispersion.of(windows) < 1 + 0.01 / 12 / (0.16 / ROWS) ? 1 : 0;
    }
    assertThat(below / 200.0).isLessThan(0.12);
  }

  @Test
  void windowsWithoutLabelsChangeNothing() {
    ConceptMemory memory = ConceptMemory.of(List.of());

    Step step = MONITOR.next(memory, 0, new PartCounts());

    assertThat(step.memory()).isEqualTo(memory);
    assertThat(step.result().getWindowsMissing()).isEqualTo(14);
  }

  /**
   * Results of windows with an error rate of 0.2.
   *
   * @param spread standard deviation of the logarithm of the odds of a window
   * @param change number of the window from which the error rate is another one
   */
  private static List<ConceptResult> run(
      Random random, ConceptMemory start, int windows, double spread, int change, double rate) {
    List<ConceptResult> results = new ArrayList<>();
    ConceptMemory memory = start;
    double common = 0;
    for (int i = 0; i < windows; i++) {
      common = 0.5 * common + Math.sqrt(0.75) * random.nextGaussian();
      PartCounts parts = window(random, i < change ? 0.2 : rate, spread * common);
      Step step = MONITOR.next(memory, i * DAY, parts);
      results.add(step.result());
      memory = step.memory();
    }
    return results;
  }

  private static PartCounts window(Random random, double rate, double logOdds) {
    double odds = rate / (1 - rate) * Math.exp(logOdds);
    PartCounts parts = new PartCounts();
    for (int row = 0; row < ROWS; row++) {
      parts.add(row * PartCounts.PARTS / ROWS, random.nextDouble() < odds / (1 + odds));
    }
    return parts;
  }
}
