package dev.millrace.drift.labels;

import java.io.IOException;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Joins predictions (first input) and labels (second input) by event id, whichever comes first; at
 * most one outcome an event.
 *
 * <p>An event's prediction waits for its label until the watermark of labels has passed the
 * prediction's event time plus maturity: then each label up to that time has been read. A label
 * counts if its own event time is not later than that. A label waits for its prediction until
 * predictions have passed the label's time plus maturity. What became of the event is remembered
 * for one more maturity, so that a repeated or late label is told from one whose prediction never
 * came; later still it counts as the latter.
 */
public final class LabelJoin
    extends KeyedCoProcessFunction<String, GenericRecord, Label, GenericRecord> {
  static final ValueStateDescriptor<Label> HELD =
      new ValueStateDescriptor<>("held-label", Label.class);

  private static final long serialVersionUID = 1L;

  private final Schema predictionSchema;
  private final OutcomeBuilder outcomes;
  private final long maturityMillis;
  private final @Nullable Double otherwise;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<GenericRecord> waiting;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Label> held;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<DecidedEvent> settled;

  @SuppressWarnings("NullAway.Init")
  private transient JoinCounters fates;

  @SuppressWarnings("NullAway.Init")
  private transient JoinClocks clocks;

  /**
   * @param predictionSchema of the first input
   * @param maturity event time for which a prediction waits
   * @param otherwise label to assume at maturity; null: the prediction has no outcome then
   */
  public LabelJoin(
      Schema predictionSchema, OutcomeBuilder outcomes, Duration maturity, @Nullable Double otherwise) {
    this.predictionSchema = predictionSchema;
    this.outcomes = outcomes;
    this.maturityMillis = maturity.toMillis();
    this.otherwise = otherwise;
  }

  /** To be called before it is opened. */
  void use(JoinClocks clocks) {
    this.clocks = clocks;
  }

  static ValueStateDescriptor<GenericRecord> waiting(Schema predictionSchema) {
    return new ValueStateDescriptor<>(
        "waiting-prediction", new GenericRecordAvroTypeInfo(predictionSchema));
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    waiting = runtime.getState(waiting(predictionSchema));
    held = runtime.getState(HELD);
    settled = runtime.getState(new ValueStateDescriptor<>("settled", DecidedEvent.class));
    fates = new JoinCounters(runtime.getMetricGroup());
  }

  @Override
  public void processElement1(
      GenericRecord prediction, Context context, Collector<GenericRecord> out) throws IOException {
    if (settled.value() != null || waiting.value() != null) {
      fates.count(JoinResult.PREDICTIONS_REPEATED);
      return;
    }
    long matureMillis = matureMillis(prediction);
    Label label = held.value();
    held.clear();
    if (label != null && label.timeMillis() <= matureMillis) {
      label(prediction, label, context, out);
      return;
    }
    if (label != null) {
      fates.count(JoinResult.LABELS_TOO_LATE);
    }
    if (matureMillis <= context.timerService().currentWatermark()) {
      mature(prediction, context, out);
      return;
    }
    waiting.update(prediction);
    context.timerService().registerEventTimeTimer(matureMillis);
  }

  @Override
  public void processElement2(Label label, Context context, Collector<GenericRecord> out)
      throws IOException {
    DecidedEvent before = settled.value();
    if (before != null) {
      fates.count(before.labeled() ? JoinResult.LABELS_REPEATED : JoinResult.LABELS_TOO_LATE);
      return;
    }
    GenericRecord prediction = waiting.value();
    if (prediction != null) {
      if (label.timeMillis() <= matureMillis(prediction)) {
        label(prediction, label, context, out);
      } else {
        fates.count(JoinResult.LABELS_TOO_LATE);
      }
    } else if (held.value() != null) {
      fates.count(JoinResult.LABELS_REPEATED);
    } else {
      held.update(label);
      context.timerService().registerEventTimeTimer(releaseMillis(label));
    }
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<GenericRecord> out)
      throws IOException {
    DecidedEvent before = settled.value();
    if (before != null) {
      if (timeMillis >= before.forgetMillis()) {
        settled.clear();
      }
      return;
    }
    GenericRecord prediction = waiting.value();
    if (prediction != null && timeMillis >= matureMillis(prediction)) {
      mature(prediction, context, out);
    }
    Label label = held.value();
    if (label != null && timeMillis >= releaseMillis(label)) {
      release(label, context);
    }
  }

  /** Drops a label that no prediction can be for any more; asks again later otherwise. */
  private void release(Label label, Context context) {
    long timersMillis = context.timerService().currentWatermark();
    if (clocks.predictionsMillis() >= releaseMillis(label)) {
      held.clear();
      fates.count(JoinResult.LABELS_UNMATCHED);
    } else if (timersMillis < Long.MAX_VALUE - maturityMillis) {
      context.timerService().registerEventTimeTimer(timersMillis + maturityMillis);
    }
  }

  private void label(
      GenericRecord prediction, Label label, Context context, Collector<GenericRecord> out)
      throws IOException {
    settle(prediction, true, context);
    fates.count(JoinResult.PREDICTIONS_LABELED);
    out.collect(outcomes.observed(prediction, label));
  }

  private void mature(GenericRecord prediction, Context context, Collector<GenericRecord> out)
      throws IOException {
    settle(prediction, false, context);
    if (clocks.labelsMillis() < matureMillis(prediction)) {
      fates.count(JoinResult.PREDICTIONS_UNLABELED);
      return;
    }
    if (otherwise == null) {
      fates.count(JoinResult.PREDICTIONS_EXPIRED);
      return;
    }
    fates.count(JoinResult.PREDICTIONS_ASSUMED);
    out.collect(outcomes.assumed(prediction, otherwise));
  }

  private void settle(GenericRecord prediction, boolean labeled, Context context)
      throws IOException {
    long forgetMillis = eventTime(prediction) + 2 * maturityMillis;
    waiting.clear();
    settled.update(new DecidedEvent(labeled, forgetMillis));
    context.timerService().registerEventTimeTimer(forgetMillis);
  }

  Schema predictionSchema() {
    return predictionSchema;
  }

  long maturityMillis() {
    return maturityMillis;
  }

  /** Event time up to which a label of the prediction counts. */
  long matureMillis(GenericRecord prediction) {
    return eventTime(prediction) + maturityMillis;
  }

  /** Event time of predictions at which a label is held no longer. */
  long releaseMillis(Label label) {
    return label.timeMillis() + maturityMillis;
  }

  /** How often something happened in this subtask since it started. */
  long count(JoinResult fate) {
    return fates.get(fate);
  }

  private static long eventTime(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }
}
