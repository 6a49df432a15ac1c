package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Hourly windows whose mean depends on the hour; fixed seeds. */
class SeasonalReferenceTest {
  private static final Duration WINDOW = Duration.ofHours(1);
  private static final long HOUR = WINDOW.toMillis();
  private static final int WEEK = 168;

  /** One alarm in 30 days, hourly windows, 10 features. */
  private static final double ALPHA = 1.0 / 720 * 0.85 / 2 / 10;

  private final SplittableRandom random = new SplittableRandom(31);
  private final List<Block> blocks = new ArrayList<>();

  private static double day(int hour) {
    return Math.sin(2 * Math.PI * hour / 24);
  }

  private static double weekend(int hour) {
    return hour % WEEK >= 120 ? 1 : 0;
  }

  private Reference reference(int hours, int rows, IntToDoubleFunction mean) {
    List<double[]> values = new ArrayList<>();
    for (int hour = 0; hour < hours; hour++) {
      double[] window = new double[rows];
      for (int i = 0; i < rows; i++) {
        window[i] = random.nextGaussian() + mean.applyAsDouble(hour);
      }
      values.add(window);
    }
    Reference reference =
        Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
    for (int hour = 0; hour < hours; hour++) {
      Profile profile = reference.newProfile();
      Arrays.stream(values.get(hour)).forEach(profile::add);
      blocks.add(new Block(hour * HOUR, profile, 0L));
    }
    return reference;
  }

  private Profile window(Reference reference, int rows, double mean) {
    Profile window = reference.newProfile();
    IntStream.range(0, rows).forEach(i -> window.add(random.nextGaussian() + mean));
    return window;
  }

  private static WindowComparison comparison(SeasonalReference reference, Baseline baseline) {
    return WindowComparison.bySeason(
        List.of(reference),
        List.of(baseline),
        new FeatureComparison(ALPHA, 0.02, 30),
        CalmSpan.of(Duration.ofHours(1), Duration.ofDays(7)),
        null);
  }

  /** The windows with the verdict DRIFT of the given ones, from the hour on. */
  private List<Integer> drifted(
      SeasonalReference reference, int from, int windows, int rows, IntToDoubleFunction mean) {
    WindowComparison comparison = comparison(reference, BlockBaseline.of(reference, blocks, 30));
    List<Integer> drifted = new ArrayList<>();
    for (int hour = from; hour < from + windows; hour++) {
      Profile window = window(reference.whole(), rows, mean.applyAsDouble(hour));
      Verdict verdict = comparison.of(hour * HOUR, i -> window).get(0).verdict();
      comparison.after(
          verdict == Verdict.OK ? WindowComparison.Outcome.CALM : WindowComparison.Outcome.UNUSUAL);
      if (verdict == Verdict.DRIFT) {
        drifted.add(hour - from);
      }
    }
    return drifted;
  }

  @Test
  void aChangeSmallerThanTheDailyRhythmIsFound() {
    Reference whole = reference(3 * WEEK, 150, SeasonalReferenceTest::day);
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    List<Integer> pooled =
        drifted(SeasonalReference.constant(whole), 3 * WEEK, 48, 150, hour -> day(hour) + 0.3);
    List<Integer> byHour = drifted(seasonal, 3 * WEEK, 48, 150, hour -> day(hour) + 0.3);

    assertThat(pooled).isEmpty();
    assertThat(byHour).isNotEmpty();
    System.out.println("0.3 sd under a rhythm of 1 sd: first found in window " + byHour.get(0));
    assertThat(byHour.get(0)).isLessThan(12);
  }

  @Test
  void theRhythmItselfIsNoDrift() {
    IntToDoubleFunction mean = hour -> day(hour) + weekend(hour);
    Reference whole = reference(2 * WEEK, 150, mean);
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    assertThat(drifted(seasonal, 2 * WEEK, 2 * WEEK, 150, mean)).isEmpty();
  }

  @Test
  void blocksOfTheSameHourOfTheWeekAreTheReference() {
    Reference whole = reference(2 * WEEK, 60, hour -> day(hour) + weekend(hour));
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    assertThat(seasonal.seasonal()).isTrue();
    assertThat(seasonal.at(2L * WEEK * HOUR).total()).isEqualTo(2 * 60);
    assertThat(seasonal.at((2L * WEEK + 7) * HOUR).profile().countsOnly())
        .isEqualTo(
            whole
                .newProfile()
                .merge(blocks.get(7).counts())
                .merge(blocks.get(WEEK + 7).counts())
                .countsOnly());
    assertThat(seasonal.without(blocks.get(7)).profile().countsOnly())
        .isEqualTo(blocks.get(WEEK + 7).counts().countsOnly());
  }

  @Test
  void hoursOfTheDayArePooledWhereTheWeekdayDoesNotMatter() {
    SeasonalReference seasonal =
        SeasonalReference.of(
            reference(2 * WEEK, 60, SeasonalReferenceTest::day), blocks, WINDOW, 30);

    assertThat(seasonal.at(5 * HOUR).total()).isEqualTo(14 * 60);
  }

  @Test
  void aFeatureWithoutRhythmKeepsItsWholeReference() {
    Reference whole = reference(2 * WEEK, 60, hour -> 0);
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    assertThat(seasonal.seasonal()).isFalse();
    assertThat(seasonal.at(5 * HOUR)).isEqualTo(whole);
  }

  @Test
  void aSeasonOfOneBlockIsComparedWithTheWhole() {
    Reference whole = reference(30, 60, SeasonalReferenceTest::day);
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    // Hours 0 to 5 of the day have two blocks, the others one.
    assertThat(seasonal.at(8 * HOUR).total()).isEqualTo(whole.total());
  }

  @Test
  void categoriesSeenOnceAreRarerInAPart() {
    List<String> values = new ArrayList<>();
    for (int hour = 0; hour < 2 * WEEK; hour++) {
      for (int i = 0; i < 40; i++) {
        values.add(i == 0 ? "only" + hour : hour % 24 < 12 ? "day" : "night");
      }
    }
    Reference whole = Reference.of("k", values);
    for (int hour = 0; hour < 2 * WEEK; hour++) {
      Profile profile = whole.newProfile();
      values.subList(hour * 40, hour * 40 + 40).forEach(profile::add);
      blocks.add(new Block(hour * HOUR, profile, 1L));
    }
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);

    Reference part = seasonal.at(0);
    assertThat(whole.singletons()).isEqualTo(2 * WEEK);
    assertThat(part.total()).isEqualTo(14 * 40);
    assertThat(part.singletons()).isEqualTo(14);
  }

  @Test
  void anotherReferenceStartsCalibrationAgain() {
    Reference whole = reference(2 * WEEK, 60, SeasonalReferenceTest::day);
    SeasonalReference seasonal = SeasonalReference.of(whole, blocks, WINDOW, 30);
    SeasonalReference constant = SeasonalReference.constant(whole);
    Baseline pooled = BlockBaseline.of(constant, blocks, 30);
    Baseline byHour = BlockBaseline.of(seasonal, blocks, 30);
    FeatureComparison test = new FeatureComparison(ALPHA, 0.02, 30);

    byte[] state = comparison(constant, pooled).state();
    WindowComparison changed =
        WindowComparison.bySeason(
            List.of(seasonal),
            List.of(byHour),
            test,
            CalmSpan.of(Duration.ofHours(1), Duration.ofDays(7)),
            state);

    assertThat(changed.state()).isEqualTo(comparison(seasonal, byHour).state());
  }
}
