package dev.millrace.drift.job;

import dev.millrace.drift.wire.Incoming;
import dev.millrace.drift.wire.Unreadable;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Passes on what could be decoded; dead letters go to {@link Unreadable#DEAD_LETTERS}. */
final class DecodedPredictions extends ProcessFunction<Incoming, GenericRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(Incoming incoming, Context context, Collector<GenericRecord> out) {
    if (incoming.value() == null) {
      context.output(Unreadable.DEAD_LETTERS, incoming.unreadable());
    } else {
      out.collect(incoming.value());
    }
  }
}
