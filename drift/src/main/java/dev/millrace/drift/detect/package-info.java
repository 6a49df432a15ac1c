/** Tests of one window against a reference, the budget they spend, and the state they leave. */
@NullMarked
package dev.millrace.drift.detect;

import org.jspecify.annotations.NullMarked;
