/** How much windows differ from each other although nothing has changed. */
@NullMarked
package dev.millrace.drift.calibration;

import org.jspecify.annotations.NullMarked;
