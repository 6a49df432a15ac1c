package dev.millrace.ingest.parked;

import dev.millrace.schemas.streams.records.RecordPosition;

/** Processes the decoded records of one task. */
public interface DecodedRecordHandler extends AutoCloseable {
  /** The event clock of the partition, epoch milliseconds; 0 while there is none. */
  long clockMillis();

  /**
   * The same, by which a record that is parked will be judged; 0 if the clock does not judge it.
   */
  long clockMillis(RecordPosition parked);

  void process(DecodedRecord record);

  @Override
  void close();
}
