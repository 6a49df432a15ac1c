/** Prints the progress for people and lines of JSON for programs. */
@NullMarked
package dev.millrace.ingest.producer.console;

import org.jspecify.annotations.NullMarked;
