package dev.millrace.drift.labels;

import org.jspecify.annotations.Nullable;

/**
 * An event of the source of labels: its label and its position in event time.
 *
 * @param label null where the event has none
 * @param arrival partition that the event arrived on
 * @param clockMillis event clock of that partition; {@link #NO_CLOCK} where the event has none
 */
public record LabelEvent(@Nullable Label label, int arrival, long clockMillis) {
  /** Clock of an event that has none. */
  public static final long NO_CLOCK = Long.MIN_VALUE;
}
