/**
 * How a job is started: its options, its Flink settings, and the checkpoint that it resumes from.
 */
@NullMarked
package dev.millrace.schemas.flink.job;

import org.jspecify.annotations.NullMarked;
