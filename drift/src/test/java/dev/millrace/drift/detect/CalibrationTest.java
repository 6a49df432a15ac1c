package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What calm windows teach the tests; simulated, fixed seeds. */
class CalibrationTest {
  private static final double ALPHA = 1.4e-3;
  private final SplittableRandom random = new SplittableRandom(90);

  private double[] rows(int n, double mean) {
    return IntStream.range(0, n).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  private static Profile profile(Reference reference, double... values) {
    Profile profile = reference.newProfile();
    Arrays.stream(values).forEach(profile::add);
    return profile;
  }

  /** A comparison with blocks whose means differ by a normal variable of this deviation. */
  private final class Stream {
    private final double shift;
    private final Reference reference;
    private final WindowComparison comparison;
    private int day;

    Stream(int blocks, int rows, double shift, double alpha) {
      this.shift = shift;
      List<double[]> values = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        values.add(rows(rows, shift * random.nextGaussian()));
      }
      reference = Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
      List<Profile> profiles = values.stream().map(v -> profile(reference, v)).toList();
      comparison = comparison(BlockBaseline.of(reference, DailyBlocks.of(profiles), 30), alpha);
    }

    Stream(Reference reference, Baseline baseline, double alpha) {
      this.shift = 0;
      this.reference = reference;
      this.comparison = comparison(baseline, alpha);
    }

    private WindowComparison comparison(Baseline baseline, double alpha) {
      return new WindowComparison(
          List.of(reference),
          List.of(baseline),
          new FeatureComparison(alpha, 0.02, 30),
          CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
    }

    FeatureResult next(double... values) {
      FeatureResult result =
          comparison.of(DailyBlocks.DAY * day++, i -> profile(reference, values)).get(0);
      comparison.after(
          result.verdict() == Verdict.DRIFT
              ? WindowComparison.Outcome.UNUSUAL
              : WindowComparison.Outcome.CALM);
      return result;
    }

    int alarms(int windows, int rows) {
      int alarms = 0;
      for (int i = 0; i < windows; i++) {
        FeatureResult result = next(rows(rows, shift * random.nextGaussian()));
        alarms += result.verdict() == Verdict.DRIFT ? 1 : 0;
      }
      return alarms;
    }

    /** The number of windows until the change is found; one more than the most if it is not. */
    int delay(int most, int rows, double mean) {
      for (int i = 1; i <= most; i++) {
        if (next(rows(rows, mean)).verdict() == Verdict.DRIFT) {
          return i;
        }
      }
      return most + 1;
    }
  }

  @Test
  void windowsThatDifferAsBlocksDoKeepTheBudget() {
    int streams = 20;
    int windows = 40;
    int alarms = 0;
    for (int i = 0; i < streams; i++) {
      alarms += new Stream(14, 300, 0.3, ALPHA).alarms(windows, 300);
    }

    // The level of single windows and that of evidence over windows.
    double nominal = 2 * ALPHA * streams * windows;
    System.out.printf("shifted windows: %d alarms, %.1f allowed%n", alarms, nominal);
    assertThat((double) alarms).isLessThanOrEqualTo(nominal);
  }

  @Test
  void fifteenTimesTheRowsAreNoDrift() {
    int alarms = 0;
    for (int i = 0; i < 6; i++) {
      alarms += new Stream(14, 200, 0.02, ALPHA).alarms(15, 3_000);
    }

    System.out.println("15 times the rows: " + alarms + " alarms in 90 windows");
    assertThat(alarms).isLessThanOrEqualTo(1);
  }

  /** Each stream has a reference of its own, whose error is part of the delay. */
  @ParameterizedTest
  @CsvSource({"0.05, 50", "0.1, 8", "0.2, 2"})
  void smallShiftsAreFoundOverWindows(double shift, int bound) {
    double alpha = 1e-3 * 0.85 / 2 / 50;
    int streams = 20;
    double delay = 0;
    for (int i = 0; i < streams; i++) {
      Reference reference = Reference.of("x", rows(100_000, 0));
      Stream stream = new Stream(reference, Baseline.INDEPENDENT, alpha);
      delay += (double) stream.delay(4 * bound, 1_000, shift) / streams;
    }

    System.out.printf("shift of %.2f sd: %.1f windows, at most %d%n", shift, delay, bound);
    assertThat(delay).isLessThanOrEqualTo(bound);
  }

  @Test
  void independentWindowsKeepTheBudgetOverTime() {
    Reference reference = Reference.of("x", rows(100_000, 0));
    int alarms = 0;
    for (int i = 0; i < 4; i++) {
      alarms += new Stream(reference, Baseline.INDEPENDENT, ALPHA).alarms(250, 500);
    }

    System.out.printf(
        "independent windows: %d alarms in 1000, %.1f allowed%n", alarms, 2 * ALPHA * 1_000);
    assertThat((double) alarms).isLessThanOrEqualTo(2 * ALPHA * 1_000);
  }

  @Test
  void aConstantThatStartsToVaryIsFoundInTwoWindowsOfFiftyRows() {
    Reference reference = Reference.of("flag", new double[1_000]);
    List<Profile> blocks =
        IntStream.range(0, 20).mapToObj(i -> profile(reference, new double[50])).toList();
    Stream stream =
        new Stream(reference, BlockBaseline.of(reference, DailyBlocks.of(blocks), 30), ALPHA);

    assertThat(stream.delay(2, 50, 0)).isLessThanOrEqualTo(2);
  }

  @Test
  void aReferenceWithoutBlocksIsCalibratedByTheFirstWindows() {
    Stream stream = new Stream(Reference.of("x", rows(5_000, 0)), Baseline.UNKNOWN, ALPHA);
    FeatureResult first = stream.next(rows(500, 2));
    IntStream.range(0, 11).forEach(i -> stream.next(rows(500, 0.1 * random.nextGaussian())));

    FeatureResult calm = stream.next(rows(500, 0));
    FeatureResult shifted = stream.next(rows(500, 3));

    assertThat(first.calibrated()).isFalse();
    assertThat(first.verdict()).isEqualTo(Verdict.OK);
    assertThat(calm.calibrated()).isTrue();
    assertThat(shifted.calmWindows()).isGreaterThanOrEqualTo(Baseline.FEWEST);
  }

  @Test
  void whatIsRememberedIsRestoredAndSmall() {
    Stream stream = new Stream(400, 100, 0.3, ALPHA);
    stream.alarms(5, 100);
    byte[] state = stream.comparison.state();

    WindowComparison restored =
        WindowComparison.of(
            List.of(stream.reference),
            List.of(Baseline.UNKNOWN),
            new FeatureComparison(ALPHA, 0.02, 30),
            CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)),
            state);
    double[] values = rows(100, 0.2);

    assertThat(restored.state()).isEqualTo(state);
    assertThat(restored.of(0, i -> profile(stream.reference, values)).get(0))
        .isEqualTo(stream.next(values));
    assertThat(state).hasSizeLessThan(8_192);
  }
}
