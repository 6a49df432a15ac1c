package dev.millrace.drift.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeasonCoverTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;

  /** A Thursday, 8:00. */
  private static final long START = 8 * HOUR;

  @Test
  void hourlyWindowsNeedAWeek() {
    SeasonCover cover = SeasonCover.NONE;
    assertThat(cover.missing(START, new CalmSpan(HOUR, WEEK), 10)).isEqualTo(168);
    for (int i = 0; i < 168; i++) {
      assertThat(cover.missing(START + i * HOUR, new CalmSpan(HOUR, WEEK), 10)).isEqualTo(168 - i);
      cover = cover.plus(START + i * HOUR);
    }
    assertThat(cover.suffices(START + WEEK, new CalmSpan(HOUR, WEEK), 10)).isTrue();
    assertThat(cover.missing(START + WEEK, new CalmSpan(HOUR, WEEK), 200)).isEqualTo(32);
  }

  @Test
  void aPauseIsNoNight() {
    SeasonCover cover = SeasonCover.NONE;
    for (int i = 0; i < 12; i++) {
      cover = cover.plus(START + i * HOUR);
    }
    assertThat(cover.suffices(START + 2 * WEEK, new CalmSpan(HOUR, WEEK), 10)).isFalse();
    assertThat(cover.missing(START + 2 * WEEK, new CalmSpan(HOUR, WEEK), 10)).isEqualTo(6 * 24);
    for (int day = 14; day < 20; day++) {
      assertThat(cover.suffices(START + day * DAY + HOUR, new CalmSpan(HOUR, WEEK), 10)).isFalse();
      cover = cover.plus(START + day * DAY + HOUR);
    }
    assertThat(cover.suffices(START + 19 * DAY + 2 * HOUR, new CalmSpan(HOUR, WEEK), 10)).isFalse();
    assertThat(cover.suffices(START + 20 * DAY, new CalmSpan(HOUR, WEEK), 10)).isTrue();
  }

  @Test
  void daysWithoutWindowsAtNightDoCount() {
    SeasonCover cover = SeasonCover.NONE;
    for (int i = 0; i < 7 * 24; i++) {
      if (i % 24 < 10) {
        cover = cover.plus(START + i * HOUR);
      }
    }
    assertThat(cover.suffices(START + WEEK, new CalmSpan(HOUR, WEEK), 10)).isTrue();
  }

  @Test
  void longerWindowsNeedTheirNumber() {
    SeasonCover daily = SeasonCover.NONE;
    for (int i = 0; i < 10; i++) {
      assertThat(daily.missing(i * DAY, new CalmSpan(DAY, WEEK), 10)).isEqualTo(10 - i);
      daily = daily.plus(i * DAY);
    }
    assertThat(daily.suffices(10 * DAY, new CalmSpan(DAY, WEEK), 10)).isTrue();
    assertThat(daily.suffices(10 * DAY, new CalmSpan(DAY, WEEK), 14)).isFalse();
    SeasonCover few = SeasonCover.NONE.plus(0).plus(DAY).plus(2 * DAY);
    assertThat(few.missing(3 * DAY, new CalmSpan(DAY, WEEK), 3)).as("a week of days").isEqualTo(4);
    assertThat(few.missing(3 * DAY, new CalmSpan(3 * DAY, WEEK), 3)).isZero();
  }

  @Test
  void theSeasonIsAsLongAsThePipelineSays() {
    CalmSpan none = new CalmSpan(1_000, 0);
    CalmSpan sixHours = new CalmSpan(HOUR, 6 * HOUR);
    CalmSpan twoWeeks = new CalmSpan(HOUR, 2 * WEEK);
    SeasonCover seconds = SeasonCover.NONE;
    for (int i = 0; i < 10; i++) {
      assertThat(seconds.missing(START + i * 1_000L, none, 10)).isEqualTo(10 - i);
      seconds = seconds.plus(START + i * 1_000L);
    }
    assertThat(seconds.suffices(START + 10_000, none, 10)).isTrue();
    assertThat(seconds.suffices(START + 10_000, new CalmSpan(1_000, WEEK), 10)).isFalse();
    SeasonCover hours = SeasonCover.NONE;
    for (int i = 0; i < 336; i++) {
      assertThat(hours.missing(START + i * HOUR, sixHours, 1)).isEqualTo(Math.max(0, 6 - i));
      assertThat(hours.missing(START + i * HOUR, twoWeeks, 1)).isEqualTo(336 - i);
      assertThat(hours.missing(START + i * HOUR, twoWeeks.atMost(Duration.ofDays(1)), 1))
          .isEqualTo(Math.max(0, 24 - i));
      hours = hours.plus(START + i * HOUR);
    }
    assertThat(hours.suffices(START + 2 * WEEK, twoWeeks, 1)).isTrue();
  }
}
