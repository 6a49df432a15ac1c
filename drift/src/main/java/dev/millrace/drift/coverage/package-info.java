/** The share of predictions that got a label in time, by window, and the alarm when it falls. */
@NullMarked
package dev.millrace.drift.coverage;

import org.jspecify.annotations.NullMarked;
