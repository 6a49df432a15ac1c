package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The number of false alarms that is accepted over all features together: {@code 1 per 30d}.
 *
 * @param alarms at least 1
 * @param per the event time over which they are counted
 */
public record Budget(int alarms, Duration per) implements Serializable {
  /**
   * The highest probability of a false alarm in one window, whatever the budget: Fisher's
   * conventional 5 %.
   */
  public static final double MOST_PER_WINDOW = 0.05;

  /** How a budget is written. */
  public static final Pattern FORM =
      Pattern.compile("(?!0+ )(\\d{1,6}) +per +(" + Durations.POSITIVE_PATTERN + ")");

  /** The budget of a text; null if it is none. */
  public static @Nullable Budget parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? new Budget(
            Integer.parseInt(matcher.group(1)),
            Objects.requireNonNull(Durations.parse(matcher.group(2))))
        : null;
  }

  /**
   * The alarms that it grants to a window of this length, {@link #MOST_PER_WINDOW} or more, too.
   */
  public double perWindow(Duration window) {
    return alarms / ((double) per.toMillis() / window.toMillis());
  }

  /** The budget as it is written: {@code 1 per 30d}. */
  @Override
  public String toString() {
    return alarms + " per " + Durations.format(per);
  }
}
