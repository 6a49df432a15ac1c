/**
 * Judges one event by itself: its key, id, time and contract. It depends on no other event, on no
 * state, and not on Kafka.
 */
@NullMarked
package dev.millrace.ingest.check;

import org.jspecify.annotations.NullMarked;
