/** Kafka Streams' records: their position, their size, and the dead letters made of them. */
@NullMarked
package dev.millrace.schemas.streams.records;

import org.jspecify.annotations.NullMarked;
