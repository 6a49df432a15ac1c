package dev.millrace.features;

import dev.millrace.schemas.deadletter.DeadLetter;

/**
 * A record that could not be decoded.
 *
 * @param timestamp of the record, epoch millis
 */
record Unreadable(DeadLetter letter, long timestamp) implements Incoming {}
