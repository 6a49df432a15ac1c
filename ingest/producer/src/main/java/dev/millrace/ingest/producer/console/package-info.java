/** What the commands print: progress for people, lines of JSON for programs. */
@NullMarked
package dev.millrace.ingest.producer.console;

import org.jspecify.annotations.NullMarked;
