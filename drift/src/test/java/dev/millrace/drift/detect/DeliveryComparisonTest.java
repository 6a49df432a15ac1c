package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.DeliveryCounts.Status;
import dev.millrace.drift.profile.DeliveryCounts.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Inputs that are missing by the time of the day. */
class DeliveryComparisonTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<String> FEATURES = List.of("amount", "score");
  private static final int ROWS = 400;

  /** That of one feature of ten in one hour, with a budget of 1 per 30d: 1/720 x .05 / 2 / 10. */
  private static final double LEVEL = 3.5e-6;

  private static DeliveryCounts window(double missing, double late, Random random) {
    DeliveryCounts counts = new DeliveryCounts(2);
    for (int i = 0; i < ROWS; i++) {
      counts.add(0, random.nextDouble() < missing ? Status.NOT_FOUND : Status.PRESENT);
      counts.add(random.nextDouble() < late ? Wait.TIMED_OUT : Wait.ARRIVED);
    }
    return counts;
  }

  /** Nights last from 22:00 to 7:00. */
  private static double ofHour(int hour) {
    int ofDay = hour % 24;
    return ofDay >= 22 || ofDay < 7 ? 0.3 : 0.02;
  }

  /** Hours of a stream that begins at 8:00, in which nothing changes. */
  private static List<Double> calm(DeliveryComparison comparison, int hours, Random random) {
    List<Double> p = new ArrayList<>();
    for (int hour = 8; hour < 8 + hours; hour++) {
      DeliveryCounts window = window(ofHour(hour), ofHour(hour) / 2, random);
      var tests = comparison.of(hour * HOUR.toMillis(), window);
      tests.apply(0).forEach(test -> p.add(test.p()));
      tests.apply(1).forEach(test -> p.add(test.p()));
      comparison.after(WindowComparison.Outcome.CALM);
    }
    return p;
  }

  @Test
  void aDailyRhythmIsNoChange() {
    Random random = new Random(1);
    List<DeliveryCounts> days = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      days.add(window(ofHour(12), 0, random));
    }
    assertThat(new MissingFeatures(days).ofInput(0, window(ofHour(23), 0, random)).get(0).p())
        .as("windows of days do not show the night")
        .isLessThan(LEVEL);

    List<Double> p =
        calm(
            new DeliveryComparison(FEATURES, CalmSpan.of(HOUR, Duration.ofDays(7))),
            28 * 24,
            new Random(2));

    assertThat(p).hasSize(2 * (28 - 7) * 24);
    assertThat(p).allMatch(each -> each > LEVEL);
    assertThat(p.stream().filter(each -> each <= 0.01).count())
        .as("within its level at 1 %%")
        .isLessThanOrEqualTo((long) (0.02 * p.size()));
  }

  /** After two weeks windows are compared with those of their hour of the day. */
  @Test
  void asManyMissingByDayAsAtNightAreAChange() {
    Random random = new Random(3);
    DeliveryComparison comparison =
        new DeliveryComparison(FEATURES, CalmSpan.of(HOUR, Duration.ofDays(7)));
    calm(comparison, 14 * 24, random);
    long noonMillis = (14 * 24 + 12) * HOUR.toMillis();

    TestResult missing = comparison.of(noonMillis, window(0.3, 0.01, random)).apply(0).get(0);

    assertThat(missing.test()).isEqualTo(StatisticalTest.NOT_FOUND_SHARE);
    assertThat(missing.cause()).isEqualTo(Cause.MISSING_FEATURES);
    assertThat(missing.p()).isLessThan(LEVEL);
    assertThat(missing.effect()).isBetween(0.2, 0.35);
  }

  @Test
  void aRestoredComparisonContinues() {
    DeliveryComparison comparison =
        new DeliveryComparison(FEATURES, CalmSpan.of(HOUR, Duration.ofDays(7)));
    calm(comparison, 8 * 24, new Random(4));
    DeliveryComparison restored =
        DeliveryComparison.of(FEATURES, CalmSpan.of(HOUR, Duration.ofDays(7)), comparison.state());

    assertThat(calm(restored, 9 * 24, new Random(5)))
        .isEqualTo(calm(comparison, 9 * 24, new Random(5)))
        .isNotEmpty();
    assertThat(restored.state()).isEqualTo(comparison.state());
  }

  /** Unusual windows are kept only while there is nothing to compare with. */
  @Test
  void anOutageIsNotKept() {
    Random random = new Random(6);
    DeliveryComparison comparison =
        new DeliveryComparison(FEATURES, CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
    for (int day = 0; day < 12; day++) {
      comparison.of(Duration.ofDays(day).toMillis(), window(0.02, 0, random));
      comparison.after(WindowComparison.Outcome.CALM);
    }
    for (int day = 12; day < 40; day++) {
      DeliveryCounts window = window(0.5, 0, random);
      TestResult missing = comparison.of(Duration.ofDays(day).toMillis(), window).apply(0).get(0);
      assertThat(missing.p()).as("day %d", day).isLessThan(1e-5);
      comparison.after(WindowComparison.Outcome.UNUSUAL);
    }
  }
}
