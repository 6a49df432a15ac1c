package dev.millrace.drift.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.SeasonCover;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Verdicts about the share of labels. */
class CoverageMonitorTest {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final double ALPHA = 0.003; // a tenth of 1 per 30 d, in windows of a day

  private final CoverageMonitor monitor = new CoverageMonitor(ALPHA, new CalmSpan(DAY, 7 * DAY));
  private long window;

  private CoverageDecision next(long predictions, long labelled) {
    return monitor.decide(coverage(window++, predictions, labelled, false, false));
  }

  private static LabelCoverage coverage(
      long window, long predictions, long labelled, boolean stalled, boolean revised) {
    CoverageCounts counts = new CoverageCounts(predictions, labelled, 0, predictions - labelled, 0);
    return new LabelCoverage(
        window * DAY,
        (window + 1) * DAY,
        stalled,
        revised,
        List.of(new VersionCoverage("v1", counts)));
  }

  private void calibrate(int windows, long predictions, double... shares) {
    for (int i = 0; i < windows; i++) {
      double share = shares[i % shares.length];
      assertThat(next(predictions, Math.round(share * predictions)).isAlarm()).isFalse();
    }
  }

  @Test
  void theFirstWindowsCalibrate() {
    for (int i = 0; i < CoverageMonitor.MIN_WINDOWS; i++) {
      CoverageDecision decision = next(1_000, 950);
      assertThat(decision.verdict()).isEqualTo(CoverageVerdict.CALIBRATING);
      assertThat(decision.windows()).isEqualTo(i);
      assertThat(decision.expected()).isNaN();
    }
    CoverageDecision first = next(1_000, 950);
    assertThat(first.verdict()).isEqualTo(CoverageVerdict.OK);
    assertThat(first.expected()).isCloseTo(0.95, within(0.001));
    assertThat(first.probability()).isCloseTo(0.5, within(0.02));
  }

  @Test
  void aFallIsAnAlarmForAsLongAsItLastsAndIsNotLearned() {
    calibrate(20, 1_000, 0.95, 0.94, 0.96);
    for (int i = 0; i < 100; i++) {
      assertThat(next(1_000, 800).verdict()).isEqualTo(CoverageVerdict.LOW);
    }
    assertThat(next(1_000, 950).verdict()).isEqualTo(CoverageVerdict.OK);
  }

  /** With so many rows every difference is significant. */
  @Test
  void aSmallFallIsNoAlarmWhateverItsSignificance() {
    calibrate(20, 1_000_000, 0.95, 0.9501);
    CoverageDecision decision = next(1_000_000, 870_000);
    assertThat(decision.probability()).isLessThan(1e-9);
    assertThat(decision.verdict()).isEqualTo(CoverageVerdict.OK);
  }

  /** Shares of days differ, so a share that was there before is no alarm. */
  @Test
  void whatVariesBetweenWindowsIsNoAlarm() {
    calibrate(28, 100_000, 0.9, 0.95, 0.7, 0.85, 0.9, 0.65, 0.95);
    CoverageDecision decision = next(100_000, 60_000);
    assertThat(decision.verdict()).isEqualTo(CoverageVerdict.OK);
    assertThat(next(100_000, 10_000).verdict()).isEqualTo(CoverageVerdict.LOW);
  }

  @Test
  void aSmallShareIsLowOnlyWhenItHasHalved() {
    calibrate(20, 10_000, 0.05, 0.049, 0.051);
    assertThat(next(10_000, 300).verdict()).isEqualTo(CoverageVerdict.OK);
    assertThat(next(10_000, 200).verdict()).isEqualTo(CoverageVerdict.LOW);
  }

  @Test
  void fiftyRowsAWindowSufficeForALargeFall() {
    calibrate(14, 50, 0.96, 0.98, 1.0, 0.94);
    assertThat(next(50, 25).verdict()).isEqualTo(CoverageVerdict.LOW);
    assertThat(next(50, 0).verdict()).isEqualTo(CoverageVerdict.LOW);
    assertThat(next(50, 44).verdict()).isEqualTo(CoverageVerdict.OK);
    assertThat(next(1, 0).verdict()).as("one row tells nothing").isEqualTo(CoverageVerdict.OK);
  }

  @Test
  void aRiseIsNoAlarm() {
    calibrate(20, 1_000, 0.5, 0.51);
    assertThat(next(1_000, 1_000).verdict()).isEqualTo(CoverageVerdict.OK);
  }

  @Test
  void aStalledWindowIsAnAlarmFromTheFirstOneOn() {
    CoverageDecision stalled = monitor.decide(coverage(0, 100, 0, true, false));
    assertThat(stalled.verdict()).isEqualTo(CoverageVerdict.STALLED);
    assertThat(stalled.isAlarm()).isTrue();
    assertThat(monitor.state().calm()).isEmpty();
    monitor.decide(coverage(0, 100, 100, false, true));
    assertThat(monitor.state().calm()).as("a revision is not calm").isEmpty();
  }

  @Test
  void rememberedWindowsAreTheNewest() {
    calibrate(200, 1_000, 0.95);
    assertThat(monitor.state().calm()).hasSize(60);
    CoverageMonitor restored = new CoverageMonitor(ALPHA, new CalmSpan(DAY, 7 * DAY));
    restored.restore(monitor.state());
    LabelCoverage fallen = coverage(window, 1_000, 700, false, false);
    assertThat(restored.decide(fallen)).isEqualTo(monitor.decide(fallen));
  }

  @Test
  void rejectsALevelThatIsNone() {
    assertThatThrownBy(() -> new CoverageMonitor(0, new CalmSpan(DAY, 7 * DAY)))
        .hasMessageContaining("alpha");
  }

  /** Fewer labels at night, or at weekends, from the start, at 8:00; then a fall by day. */
  @ParameterizedTest
  @CsvSource({"0.3, 0.9", "0.9, 0.3", "0.6, 0.3"})
  void aSeasonIsNoAlarm(double night, double weekend) {
    CoverageMonitor hourly = new CoverageMonitor(0.05 / 720, new CalmSpan(HOUR, 7 * DAY));
    RandomGenerator random = new java.util.SplittableRandom(3);
    for (int i = 8; i < 8 + 28 * 24; i++) {
      double share = i / 24 % 7 >= 5 ? weekend : 0.9;
      share = i % 24 < 7 || i % 24 > 20 ? Math.min(share, night) : share;
      CoverageDecision decision = hourly.decide(hour(i, share, random));
      assertThat(decision.verdict())
          .as("hour %d", i)
          .isIn(
              i < 8 + 168
                  ? List.of(CoverageVerdict.CALIBRATING, CoverageVerdict.WARNING)
                  : List.of(CoverageVerdict.OK));
    }
    if (weekend == 0.9) { // Otherwise days differ, and more days are needed.
      assertThat(hourly.decide(hour(28 * 24 + 8, 0.5, random)).verdict())
          .isEqualTo(CoverageVerdict.LOW);
    }
  }

  private static LabelCoverage hour(int i, double share, RandomGenerator random) {
    long labelled = binomial(300, share, random);
    CoverageCounts counts = new CoverageCounts(300, labelled, 0, 300 - labelled, 0);
    return new LabelCoverage(
        i * HOUR, (i + 1) * HOUR, false, false, List.of(new VersionCoverage("v1", counts)));
  }

  /** How shares and sizes of windows vary where nothing changes. */
  enum Null {
    BINOMIAL,
    FEW_ROWS,
    NEARLY_ALL,
    BETWEEN_WINDOWS,
    WEEKLY,
    DEPENDENT,
    SIZES
  }

  /**
   * Without the condition on the effect; with it alarms are fewer. The level is 1 %, so that a few
   * thousand windows measure it: with 8 windows to compare with, and with 64. Shares that vary
   * between windows are skewed, and those that depend on each other vary less among 8 of them: then
   * up to twice as many are low (1.8 % and 2.1 %).
   */
  @ParameterizedTest
  @EnumSource(Null.class)
  void keepsItsLevelWhereNothingChanges(Null scenario) {
    double level = 0.01;
    for (int windows : new int[] {CoverageMonitor.MIN_WINDOWS, 64}) {
      RandomGenerator random = new java.util.SplittableRandom(windows);
      int low = 0;
      int repetitions = windows == 64 ? 2_000 : 6_000;
      for (int i = 0; i < repetitions; i++) {
        List<CoverageMonitor.CalmWindow> drawn = draw(scenario, windows + 1, random);
        CoverageMonitor twin = new CoverageMonitor(level, new CalmSpan(DAY, 7 * DAY));
        SeasonCover cover = SeasonCover.NONE;
        for (CoverageMonitor.CalmWindow each : drawn.subList(0, windows)) {
          cover = cover.plus(each.startMillis());
        }
        twin.restore(new CoverageMonitor.State(cover, drawn.subList(0, windows)));
        CoverageMonitor.CalmWindow next = drawn.get(windows);
        double probability =
            twin.decide(coverage(windows, next.predictions(), next.labelled(), false, false))
                .probability();
        low += probability <= level ? 1 : 0;
      }
      assertThat((double) low / repetitions).as("%d windows", windows).isLessThan(2.5 * level);
    }
  }

  private static List<CoverageMonitor.CalmWindow> draw(
      Null scenario, int windows, RandomGenerator random) {
    List<CoverageMonitor.CalmWindow> drawn = new ArrayList<>();
    double state = random.nextGaussian();
    int day = random.nextInt(7);
    for (int i = 0; i < windows; i++) {
      state = 0.5 * state + Math.sqrt(0.75) * random.nextGaussian();
      day++;
      int n =
          switch (scenario) {
            case FEW_ROWS -> 30;
            case SIZES -> 20 + (int) Math.exp(6 * random.nextDouble());
            default -> 100;
          };
      double share =
          switch (scenario) {
            case NEARLY_ALL -> 0.995;
            case BETWEEN_WINDOWS, SIZES -> logistic(2 + 0.5 * random.nextGaussian());
            case WEEKLY -> day % 7 < 5 ? 0.95 : 0.85;
            case DEPENDENT -> logistic(2 + 0.5 * state);
            default -> 0.9;
          };
      drawn.add(new CoverageMonitor.CalmWindow(i * DAY, n, binomial(n, share, random)));
    }
    return drawn;
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static long binomial(int n, double share, RandomGenerator random) {
    long k = 0;
    for (int i = 0; i < n; i++) {
      k += random.nextDouble() < share ? 1 : 0;
    }
    return k;
  }

  /** Values of R 4.3: pt(q, df). */
  @ParameterizedTest
  @CsvSource({"-2, 6, 0.04621316", "-5, 6, 0.001226206", "-3, 62, 0.001938"})
  void theTailIsThatOfStudentsDistribution(double t, double freedom, double expected) {
    double tail = RegularizedBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
    assertThat(tail).isCloseTo(expected, within(1e-5));
  }

  /** An hour of windows of ten seconds, in which the share falls. */
  @Test
  void aFallBeforeAWholeSeasonIsAWarning() {
    for (long season : new long[] {0, 7 * DAY}) {
      CoverageMonitor seconds = new CoverageMonitor(ALPHA, new CalmSpan(10_000, season));
      RandomGenerator random = new java.util.SplittableRandom(4);
      List<CoverageVerdict> verdicts = new ArrayList<>();
      for (int i = 0; i < 361; i++) {
        CoverageCounts counts = counts(random, i < 360 ? 0.9 : 0.4);
        verdicts.add(
            seconds
                .decide(
                    new LabelCoverage(
                        i * 10_000L,
                        (i + 1) * 10_000L,
                        false,
                        false,
                        List.of(new VersionCoverage("v1", counts))))
                .verdict());
      }
      assertThat(verdicts.subList(0, 8)).containsOnly(CoverageVerdict.CALIBRATING);
      assertThat(verdicts.subList(8, 360))
          .containsOnly(season == 0 ? CoverageVerdict.OK : CoverageVerdict.CALIBRATING);
      assertThat(verdicts.get(360))
          .isEqualTo(season == 0 ? CoverageVerdict.LOW : CoverageVerdict.WARNING);
    }
  }

  private static CoverageCounts counts(RandomGenerator random, double share) {
    long labelled = binomial(300, share, random);
    return new CoverageCounts(300, labelled, 0, 300 - labelled, 0);
  }
}
