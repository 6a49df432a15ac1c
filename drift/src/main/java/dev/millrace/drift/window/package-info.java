/** Windows of event time, and what is counted in each: profiles, labels and offsets. */
@NullMarked
package dev.millrace.drift.window;

import org.jspecify.annotations.NullMarked;
