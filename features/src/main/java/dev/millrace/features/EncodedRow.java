package dev.millrace.features;

import org.jspecify.annotations.Nullable;

/**
 * A feature row as it goes to Kafka.
 *
 * @param key the entity, UTF-8
 * @param value in the Confluent wire format; null: nothing is left of the entity
 * @param time event time, epoch millis
 * @param late whether a late event made it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record EncodedRow(byte[] key, byte @Nullable [] value, long time, boolean late) {}
