package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.quality.LossMonitor.Step;
import dev.millrace.drift.sequence.LossLevels;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossMonitorTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final int ROWS = 500;

  /** One false alarm of any cause in 30 windows, of which concept drift has 4 %. */
  private static final LossMonitor MONITOR = new LossMonitor(0.04 / 30, new CalmSpan(DAY, 7 * DAY));

  /** Errors of any unit: normal with a deviation of some scale, which doubles. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1, 3e5})
  void errorsThatDoubleAreFound(double scale) {
    List<ConceptResult> results =
        run(MONITOR, DAY, 0, 36, new Random(1), i -> i < 30 ? scale : 2 * scale);

    assertThat(results.subList(0, 14))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.CALIBRATING);
    assertThat(results.get(0).getWindowsMissing()).isEqualTo(13);
    assertThat(results.subList(14, 30))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
    ConceptResult found = results.get(30);
    assertThat(found.getState()).isEqualTo(ConceptStatus.DRIFT);
    assertThat(found.getDirection()).isEqualTo(ConceptDirection.WORSE);
    assertThat(found.getSince().toEpochMilli()).isEqualTo(30 * DAY);
    // The mean absolute value of a normal distribution; larger ones are clipped.
    assertThat(found.getErrorBefore() / scale).isEqualTo(0.798, within(0.02));
    assertThat(found.getOddsRatio()).isBetween(1.5, 2.0);
    assertThat(found.getReferenceLabels()).isEqualTo(14L * ROWS + 2);
  }

  @Test
  void driftEndsWhenErrorsAreAsBefore() {
    List<ConceptResult> results =
        run(MONITOR, DAY, 0, 40, new Random(2), i -> i >= 20 && i < 30 ? 2 : 1);

    assertThat(results.subList(20, 30))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.DRIFT);
    assertThat(results.subList(32, 40))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
  }

  /**
   * Windows whose mean errors vary by a fifth: 30 streams of 44 days. At the budget of 1 per 30
   * days, of which this test has 4 %, 1.2 alarms are due in the 30 days after calibration.
   */
  @Test
  void keepsTheBudgetWhereWindowsDiffer() {
    int alarms = 0;
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      boolean alarmed =
          run(MONITOR, DAY, 0, 44, random, i -> Math.exp(0.2 * random.nextGaussian())).stream()
              .anyMatch(result -> result.getState() == ConceptStatus.DRIFT);
      alarms += alarmed ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(3);
  }

  /** Errors of nights are half as large again, and always were; the first label comes at 7:00. */
  @Test
  void nightsAreComparedWithNights() {
    LossMonitor hourly = new LossMonitor(0.04 / 720, new CalmSpan(HOUR, 7 * DAY));
    List<ConceptResult> results =
        run(
            hourly,
            HOUR,
            7,
            360,
            new Random(3),
            i -> (i % 24 < 7 || i % 24 > 21 ? 1.5 : 1) * (i < 336 ? 1 : 2));

    assertThat(results.subList(0, 168))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.CALIBRATING, ConceptStatus.WARNING);
    assertThat(results.subList(168, 336 - 7))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
    assertThat(results.subList(336 - 7 + 3, results.size()))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.DRIFT);
  }

  /** A model that was exact for 14 days begins to err. */
  @Test
  void theFirstErrorsOfAnExactModelAreFound() {
    List<ConceptResult> results = run(MONITOR, DAY, 0, 22, new Random(4), i -> i < 20 ? 0 : 1);

    assertThat(results.subList(14, 20))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
    assertThat(results.get(20).getState()).isEqualTo(ConceptStatus.DRIFT);
  }

  @Test
  void windowsWithoutLabelsChangeNothing() {
    Step step = MONITOR.next(LossMemory.NONE, 0, new LossCounts());

    assertThat(step.memory()).isEqualTo(LossMemory.NONE);
    assertThat(step.result().getWindowsMissing()).isEqualTo(14);
  }

  @Test
  void countsAddUpInAnyOrderAndKeepTheirCells() {
    Random random = new Random(5);
    LossCounts all = new LossCounts();
    LossCounts even = new LossCounts();
    LossCounts odd = new LossCounts();
    for (int i = 0; i < 1_000; i++) {
      double loss = i == 0 ? 0 : i == 1 ? 0x1p200 : Math.exp(20 * random.nextGaussian());
      all.add(loss);
      (i % 2 == 0 ? even : odd).add(loss);
    }
    StateWriter bytes = new StateWriter();
    odd.write(bytes);
    even.write(bytes);
    LossCounts sum = new LossCounts();
    StateReader in = new StateReader(bytes.toBytes());
    sum.read(in);
    sum.read(in);

    assertThat(sum.toRecords()).isEqualTo(all.toRecords());
    assertThat(LossCounts.of(all.toRecords()).toRecords()).isEqualTo(all.toRecords());
    assertThat(all.rows()).isEqualTo(1_000);
    assertThat(all.toRecords().get(0).getLower()).isZero();
  }

  /** A cell is at most 13 % wide, so its middle is within 6.5 % of each value. */
  @Test
  void levelsAreThoseOfTheLosses() {
    LossCounts counts = new LossCounts();
    for (int i = 1; i <= 1_000; i++) {
      counts.add(i);
    }
    LossLevels levels = counts.levels();

    assertThat(levels.limit()).isEqualTo(990, within(60.0));
    assertThat(levels.errors() / levels.labels() * levels.limit()).isEqualTo(500, within(25.0));
  }

  /**
   * Results of windows of normal errors.
   *
   * @param deviation of the errors of a window, by its number
   */
  private static List<ConceptResult> run(
      LossMonitor monitor,
      long lengthMillis,
      int from,
      int until,
      Random random,
      IntToDoubleFunction deviation) {
    List<ConceptResult> results = new ArrayList<>();
    LossMemory memory = LossMemory.NONE;
    for (int i = from; i < until; i++) {
      LossCounts losses = new LossCounts();
      double scale = deviation.applyAsDouble(i);
      for (int row = 0; row < ROWS; row++) {
        losses.add(Math.abs(scale * random.nextGaussian()));
      }
      Step step = monitor.next(memory, i * lengthMillis, losses);
      results.add(step.result());
      memory = step.memory();
    }
    return results;
  }
}
