/** Extracts the events of each view from the records of a source. */
@NullMarked
package dev.millrace.features.source;

import org.jspecify.annotations.NullMarked;
