/** The command line of the ingest service; it connects the other packages to Kafka. */
@NullMarked
package dev.millrace.ingest;

import org.jspecify.annotations.NullMarked;
