/** Event-time windows and the counts of each: profiles, labels and offsets. */
@NullMarked
package dev.millrace.drift.window;

import org.jspecify.annotations.NullMarked;
