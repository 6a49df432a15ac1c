/** The Flink job: sources, windows, reports, alerts, triggers and sinks. */
@NullMarked
package dev.millrace.drift.job;

import org.jspecify.annotations.NullMarked;
