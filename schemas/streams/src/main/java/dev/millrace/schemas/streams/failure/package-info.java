/**
 * Failures of stream threads and writes: replacement of threads, detection of crash loops, health.
 */
@NullMarked
package dev.millrace.schemas.streams.failure;

import org.jspecify.annotations.NullMarked;
