/** Joins labels to the predictions they judge. */
@NullMarked
package dev.millrace.drift.labels;

import org.jspecify.annotations.NullMarked;
