/** The Flink job: sources, operators around the other packages, and sinks. */
@NullMarked
package dev.millrace.drift.job;

import org.jspecify.annotations.NullMarked;
