/** The commands that publish events. */
@NullMarked
package dev.millrace.ingest.producer;

import org.jspecify.annotations.NullMarked;
