package dev.millrace.drift.job;

import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes the decoded predictions, without progress records; dead letters go to {@link
 * DeadLetterRecord#OUTPUT}.
 */
final class DeadLetterSplitFunction extends ProcessFunction<IncomingRecord, GenericRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(
      IncomingRecord incoming, Context context, Collector<GenericRecord> out) {
    if (incoming.deadLetter() != null) {
      context.output(DeadLetterRecord.OUTPUT, incoming.deadLetter());
    } else if (incoming.value() != null) {
      out.collect(incoming.value());
    }
  }
}
