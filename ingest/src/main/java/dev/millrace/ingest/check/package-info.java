/**
 * Checks one event: its key, id, time and contract. The check does not depend on other events, on
 * state or on Kafka.
 */
@NullMarked
package dev.millrace.ingest.check;

import org.jspecify.annotations.NullMarked;
