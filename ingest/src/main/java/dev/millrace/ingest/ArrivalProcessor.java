package dev.millrace.ingest;

import org.apache.kafka.streams.processor.api.ProcessorContext;

/** Takes the decoded records of one partition. */
interface ArrivalProcessor {

  /** To be called before anything else, and again when the task starts again. */
  void init(ProcessorContext<byte[], byte[]> context);

  /** The event clock of the partition, epoch milliseconds; 0 while there is none. */
  long clockMillis();

  void process(Arrival arrival);

  /** To be called when the task is closed, after {@link #init}. */
  void close();
}
