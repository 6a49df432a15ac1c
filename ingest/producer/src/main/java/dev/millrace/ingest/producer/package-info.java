/** The commands that publish events, as a program of their own. */
@NullMarked
package dev.millrace.ingest.producer;

import org.jspecify.annotations.NullMarked;
