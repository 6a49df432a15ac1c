/**
 * Judges one event by itself: its key, id, time and contract. Nothing here knows other events,
 * Kafka or state.
 */
@NullMarked
package dev.millrace.ingest.check;

import org.jspecify.annotations.NullMarked;
