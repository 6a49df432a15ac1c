package dev.millrace.ingest.producer.files;

import java.time.Instant;
import org.apache.avro.generic.GenericRecord;

/**
 * An event that was read from a file.
 *
 * @param source name of the source that it belongs to
 * @param time its event time
 * @param key the value of the source's key field
 */
public record Row(String source, Instant time, String key, GenericRecord record) {}
