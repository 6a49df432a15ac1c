/** Measures drift detection side by side with peers. */
@NullMarked
package dev.millrace.drift.benchmark;

import org.jspecify.annotations.NullMarked;
