package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;

/**
 * The number of false alarms that is accepted over all features together: {@code 1 per 30d}.
 *
 * @param alarms at least 1
 * @param per the event time over which they are counted
 */
public record Budget(int alarms, Duration per) implements Serializable {}
