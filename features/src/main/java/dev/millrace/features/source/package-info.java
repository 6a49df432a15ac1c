/** From a source's records to the events of each view over the source. */
@NullMarked
package dev.millrace.features.source;

import org.jspecify.annotations.NullMarked;
