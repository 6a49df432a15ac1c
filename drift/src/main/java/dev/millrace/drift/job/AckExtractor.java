package dev.millrace.drift.job;

import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Reads acknowledgements for the monitor. */
final class AckExtractor extends ProcessFunction<IncomingRecord, MonitorInput> {
  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(
      IncomingRecord incoming, Context context, Collector<MonitorInput> out) {
    if (incoming.deadLetter() != null) {
      context.output(DeadLetterRecord.OUTPUT, incoming.deadLetter());
    }
    if (incoming.value() == null) {
      return;
    }
    AlertAck ack = SpecificRecords.of(incoming.value(), AlertAck.class);
    out.collect(
        MonitorInput.of(
            new Acknowledgement(
                ack.getKey(),
                ack.getModelVersion(),
                ack.getSince().toEpochMilli(),
                ack.getAcknowledgedBy(),
                ack.getReason(),
                ack.getAcknowledgedAt().toEpochMilli())));
  }
}
