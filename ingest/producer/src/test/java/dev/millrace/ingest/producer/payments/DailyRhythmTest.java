package dev.millrace.ingest.producer.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DailyRhythmTest {
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  @Property
  void clockTimeNeverDecreases(
      @ForAll @DoubleRange(min = 0, max = 40) double a,
      @ForAll @DoubleRange(min = 0, max = 40) double b) {
    assertThat(DailyRhythm.clockMillis(Math.min(a, b)))
        .isLessThanOrEqualTo(DailyRhythm.clockMillis(Math.max(a, b)));
  }

  @Property
  void everyDayIsTheSame(@ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double share) {
    assertThat(DailyRhythm.clockMillis(share)).isBetween(0L, DAY_MILLIS - 1);
    assertThat(DailyRhythm.clockMillis(share + 3))
        .isCloseTo(3 * DAY_MILLIS + DailyRhythm.clockMillis(share), within(1L));
  }

  @Test
  void fewerPaymentsAreMadeAtNight() {
    // Less than a tenth of a day's payments is made before six in the morning.
    assertThat(DailyRhythm.clockMillis(0.1)).isGreaterThan(Duration.ofHours(6).toMillis());
    assertThat(DailyRhythm.clockMillis(0.9)).isGreaterThan(Duration.ofHours(18).toMillis());
  }
}
