/**
 * The state stores of one source in Kafka Streams: their names, how they are built, and how the
 * event clock and deduplication read and write them.
 */
@NullMarked
package dev.millrace.ingest.state;

import org.jspecify.annotations.NullMarked;
