package dev.millrace.ingest.producer.replay;

import java.time.Instant;
import org.apache.avro.generic.GenericRecord;

/** An event read from a file, and where it is to go. */
record Row(Instant time, String key, GenericRecord record, Output output) {}
