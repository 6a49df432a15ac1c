package dev.millrace.drift.labels;

import org.jspecify.annotations.Nullable;

/**
 * An event of the source of labels: what it tells of one label, and of time.
 *
 * @param label null where the event carries none
 * @param arrival partition that the event arrived on
 * @param clockMillis event clock of that partition; {@code Long.MIN_VALUE}: the event does not tell
 */
public record LabelEvent(@Nullable Label label, int arrival, long clockMillis) {}
