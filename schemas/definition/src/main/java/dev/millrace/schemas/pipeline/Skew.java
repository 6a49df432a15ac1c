package dev.millrace.schemas.pipeline;

import java.io.Serializable;

/**
 * When differences between served and true features are an alarm.
 *
 * @param alarmAbove share of differing values of a feature in a window above which there is an
 *     alarm
 */
public record Skew(double alarmAbove) implements Serializable {}
