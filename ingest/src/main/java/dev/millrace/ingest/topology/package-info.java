/**
 * The Kafka Streams topology: reads the producers' topics and writes the clean, late, dead-letter
 * and rekeyed topics, with the help of the other packages' rules.
 */
@NullMarked
package dev.millrace.ingest.topology;

import org.jspecify.annotations.NullMarked;
