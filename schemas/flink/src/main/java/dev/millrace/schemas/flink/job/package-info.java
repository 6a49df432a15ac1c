/** Starts a job: its options, its Flink settings, and the checkpoint from which it resumes. */
@NullMarked
package dev.millrace.schemas.flink.job;

import org.jspecify.annotations.NullMarked;
