package dev.millrace.features;

/**
 * A feature row as it goes to Kafka.
 *
 * @param key the entity, UTF-8
 * @param value in the Confluent wire format
 * @param time event time, epoch millis: the record's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record EncodedRow(byte[] key, byte[] value, long time) {}
