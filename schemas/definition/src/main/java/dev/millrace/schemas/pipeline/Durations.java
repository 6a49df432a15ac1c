package dev.millrace.schemas.pipeline;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses and formats durations of the pipeline file and the command line: a whole number and ms, s,
 * m, h or d, such as {@code 500ms}, {@code 5m} or {@code 7d}.
 */
public final class Durations {
  /** The grammar, as a regular expression. */
  public static final String PATTERN = "(\\d{1,9})(ms|s|m|h|d)";

  /** The same for durations longer than zero. */
  public static final String POSITIVE_PATTERN = "(?!0+[a-z])" + PATTERN;

  /** The grammar in words. */
  public static final String EXPECTED = "a duration such as 200ms, 5s, 10m, 3h or 7d";

  private static final Pattern DURATION = Pattern.compile(PATTERN);

  private Durations() {}

  /** Parses a duration; null if the text is not a duration. */
  public static @Nullable Duration parse(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /**
   * The duration in the largest unit that has no remainder: {@code 90m}, not {@code 1.5h}. Parts of
   * a millisecond are dropped.
   */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3_600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 != 0 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
  }
}
