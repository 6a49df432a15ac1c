/** Statistical tests and effect sizes: compares a window with its reference. */
@NullMarked
package dev.millrace.drift.detect;

import org.jspecify.annotations.NullMarked;
