/** The metrics of inference. */
@NullMarked
package dev.millrace.inference.metrics;

import org.jspecify.annotations.NullMarked;
