package dev.millrace.drift.job;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelFieldReader;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Extracts the labels of events; events without one are counted. Records that cannot be decoded go
 * to {@link DeadLetterRecord#OUTPUT}.
 */
final class LabelExtractor extends ProcessFunction<IncomingRecord, Label> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final LabelFieldReader labels;

  @SuppressWarnings("NullAway.Init")
  private transient Counter empty;

  LabelExtractor(String pipeline, LabelFieldReader labels) {
    this.pipeline = pipeline;
    this.labels = labels;
  }

  @Override
  public void open(OpenContext context) {
    empty =
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
            .counter("labels_empty_total");
  }

  @Override
  public void processElement(IncomingRecord incoming, Context context, Collector<Label> out) {
    GenericRecord event = incoming.value();
    if (incoming.deadLetter() != null) {
      context.output(DeadLetterRecord.OUTPUT, incoming.deadLetter());
    }
    if (event == null) {
      return;
    }
    Label label = labels.of(event);
    if (label == null) {
      empty.inc();
    } else {
      out.collect(label);
    }
  }
}
