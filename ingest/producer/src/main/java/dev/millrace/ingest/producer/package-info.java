/** The commands that publish events, as a separate program. */
@NullMarked
package dev.millrace.ingest.producer;

import org.jspecify.annotations.NullMarked;
