/** Runs the features job and the drift job on a Flink cluster in one process, with its health. */
@NullMarked
package dev.millrace.deploy.flink;

import org.jspecify.annotations.NullMarked;
