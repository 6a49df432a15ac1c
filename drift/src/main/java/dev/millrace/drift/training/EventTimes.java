package dev.millrace.drift.training;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Event times of training rows, as exports and the tools that rewrite them have them. */
final class EventTimes {
  /** What an event time should look like. */
  static final String EXAMPLE = "2001-01-31T23:59:59Z";

  private static final Pattern MILLIS = Pattern.compile("-?\\d+");

  /** pandas, pyarrow and SQL write a blank between date and time. */
  private static final Pattern BLANK = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\d) ");

  private EventTimes() {}

  /**
   * The time of a value: ISO 8601 with a zone, with {@code T} or a blank before the time of day, or
   * milliseconds since 1970.
   *
   * @param value text, or a number
   * @return null for other values; a time without a zone could be anywhere
   */
  static @Nullable Instant of(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Double millis) {
      return Instant.ofEpochMilli(millis.longValue());
    }
    String text = value.toString();
    try {
      return MILLIS.matcher(text).matches()
          ? Instant.ofEpochMilli(Long.parseLong(text))
          : Instant.parse(BLANK.matcher(text).replaceFirst("$1T"));
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }
}
