package dev.millrace.ingest.clock;

/**
 * How the time of an event compares with the events that arrived before it on the same partition.
 *
 * @param late whether the event was behind the event clock by more than the source's lateness
 * @param clockMillis the event clock after this event, epoch milliseconds; 0 while there is none
 */
public record Lateness(boolean late, long clockMillis) {}
