package dev.millrace.inference.topology;

import dev.millrace.schemas.streams.records.RecordPosition;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the records of one topic. */
interface InputReader {
  /**
   * Reads a record.
   *
   * @param nowMillis wall clock
   */
  void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis);
}
