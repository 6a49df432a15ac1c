package dev.millrace.ingest.parked;

/** Processes the decoded records of one task. */
public interface DecodedRecordHandler extends AutoCloseable {
  /** The event clock of the partition, epoch milliseconds; 0 while there is none. */
  long clockMillis();

  void process(DecodedRecord record);

  @Override
  void close();
}
