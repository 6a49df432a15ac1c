/** Joins labels to predictions: which pairs count, and when a prediction waits no longer. */
@NullMarked
package dev.millrace.drift.labels;

import org.jspecify.annotations.NullMarked;
