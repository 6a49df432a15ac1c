package dev.millrace.features.source;

import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns predictions or outcomes, keyed by event id, into events of views, each event id once: the
 * first one that is read counts. They may be written again: predictions after a crash with
 * at_least_once, outcomes by a drift job that starts from scratch.
 *
 * <p>Ids are remembered until the source has passed the event's time by the time for which the
 * scored source remembers ids. What is read after that does not count: it cannot be told from a
 * repetition.
 *
 * <p>The position of an event is that of the scored event, so that the order of events of the same
 * time does not depend on the order in which they were scored.
 */
public final class FeedbackEvents
    extends KeyedProcessFunction<String, IncomingRecord, IncomingRecord>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String source;
  private final FeedbackRecord record;
  private final long rememberMillis;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Boolean> seen;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> passed;

  /** The watermark up to which ids were forgotten; after a restart the source is unknown. */
  private transient long passedMillis;

  @SuppressWarnings("NullAway.Init")
  private transient Counter repeated;

  @SuppressWarnings("NullAway.Init")
  private transient Counter tooLate;

  public FeedbackEvents(Pipeline pipeline, Feedback feedback) {
    this.pipeline = pipeline.name();
    this.source = feedback.sourceName();
    this.record = FeedbackRecord.of(pipeline, feedback);
    this.rememberMillis = pipeline.scored().deduplicate().toMillis();
  }

  /** The key: the event id; dead letters have none. */
  public static String key(IncomingRecord incoming) {
    return incoming.value() == null ? "" : FeedbackRecord.id(incoming.value());
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    passed =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("passed", Types.LONG));
    passedMillis = Long.MIN_VALUE;
    for (long before : passed.get()) {
      passedMillis = Math.max(passedMillis, before);
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    passed.clear();
    passed.add(passedMillis);
  }

  @Override
  public void open(OpenContext context) {
    seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.BOOLEAN));
    MetricGroup metrics =
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
            .addGroup("source", source);
    repeated = metrics.counter("feedback_repeated_total");
    tooLate = metrics.counter("feedback_too_late_total");
  }

  @Override
  public void processElement(
      IncomingRecord incoming, Context context, Collector<IncomingRecord> out) throws Exception {
    GenericRecord read = incoming.value();
    if (read == null) {
      out.collect(incoming);
      return;
    }
    long knownMillis = record.knownMillis(read);
    long forgetMillis = knownMillis + rememberMillis;
    passedMillis = Math.max(passedMillis, context.timerService().currentWatermark());
    if (seen.value() != null) {
      repeated.inc();
    } else if (forgetMillis <= passedMillis) {
      tooLate.inc();
    } else {
      seen.update(true);
      context.timerService().registerEventTimeTimer(forgetMillis);
      out.collect(
          IncomingRecord.of(
              record.event(read),
              knownMillis,
              FeedbackRecord.partition(read),
              FeedbackRecord.offset(read)));
    }
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<IncomingRecord> out) {
    passedMillis = Math.max(passedMillis, context.timerService().currentWatermark());
    seen.clear();
  }
}
