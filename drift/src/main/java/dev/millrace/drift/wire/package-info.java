/** Records as they are read from topics. */
@NullMarked
package dev.millrace.drift.wire;

import org.jspecify.annotations.NullMarked;
