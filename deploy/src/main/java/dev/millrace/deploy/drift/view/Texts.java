package dev.millrace.deploy.drift.view;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times for people. */
final class Texts {
  private static final DateTimeFormatter DAY = formatter("yyyy-MM-dd");
  private static final DateTimeFormatter MINUTE = formatter("yyyy-MM-dd HH:mm");
  private static final DateTimeFormatter SECOND = formatter("yyyy-MM-dd HH:mm:ss");
  private static final Duration ONE_DAY = Duration.ofDays(1);
  private static final double SMALL = 1e-3;
  private static final double LEAST_P = 1e-99;

  private Texts() {}

  private static DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /** A time in UTC, as exact as windows of that length need. */
  static String time(Instant time, Duration window) {
    if (window.toMillis() % ONE_DAY.toMillis() == 0) {
      return DAY.format(time);
    }
    boolean minutes = window.toMillis() % Duration.ofMinutes(1).toMillis() == 0;
    return (minutes ? MINUTE : SECOND).format(time);
  }

  /** A p-value or another small number: 0.034, 2e-07, under 1e-99. */
  static String small(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    if (value >= SMALL) {
      return format("%.3f", value);
    }
    return value < LEAST_P ? "<1e-99" : format("%.0e", value);
  }

  static String effect(double value) {
    return Double.isNaN(value) ? "-" : format("%.3f", value);
  }

  static String count(long number) {
    return format("%,d", number);
  }

  static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  /** Formats independent of the language of the machine. */
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** {@code 1 alarm}, {@code 2 alarms}. */
  static String plural(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }
}
