package dev.millrace.deploy.e2e.monitoring;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of Prometheus, Alertmanager and Grafana with all durations divided by 60, so that a test
 * sees within a minute what takes an hour.
 *
 * <p>It is a substitution in the text: {@code 5m} becomes {@code 5s}, {@code 1h} {@code 1m}, {@code
 * 1d} {@code 24m}, also in the names of recorded series such as {@code rate5m}; seconds become
 * {@code 1s}, and {@code * 60}, by which numbers of seconds are written, {@code * 1}.
 */
public final class Scaled {
  private static final Pattern DURATION = Pattern.compile("(?<![0-9.])([0-9]+)([smhd])\\b");
  private static final Pattern MINUTES = Pattern.compile("\\* 60\\b");
  private static final int HOURS_OF_DAY = 24;

  private Scaled() {}

  public static String text(String text) {
    return MINUTES.matcher(DURATION.matcher(text).replaceAll(Scaled::scaled)).replaceAll("* 1");
  }

  private static String scaled(MatchResult duration) {
    int number = Integer.parseInt(duration.group(1));
    return Matcher.quoteReplacement(
        switch (duration.group(2)) {
          case "s" -> "1s";
          case "m" -> number + "s";
          case "h" -> number + "m";
          default -> number * HOURS_OF_DAY + "m";
        });
  }
}
