/** Joins labels to predictions by event id, within the maturity of a prediction. */
@NullMarked
package dev.millrace.drift.labels;

import org.jspecify.annotations.NullMarked;
