/**
 * The Kafka Streams topology: reads the producers' topics and writes the clean, late, dead-letter
 * and rekeyed topics by the rules of the other packages.
 */
@NullMarked
package dev.millrace.ingest.topology;

import org.jspecify.annotations.NullMarked;
