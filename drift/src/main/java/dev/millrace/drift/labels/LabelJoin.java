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
 * <p>An event's prediction waits for its label until the event-time watermark of both inputs has
 * passed the prediction's event time plus maturity. A label counts if its own event time is not
 * later than that. What became of the event is remembered for one more maturity, so that a repeated
 * or late label is told from one whose prediction never came; later still it counts as the latter.
 */
public final class LabelJoin
    extends KeyedCoProcessFunction<String, GenericRecord, Label, GenericRecord> {
  private static final long serialVersionUID = 1L;

  private final Schema predictionSchema;
  private final Outcomes outcomes;
  private final long maturityMillis;
  private final @Nullable Double otherwise;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<GenericRecord> waiting;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Label> held;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Settled> settled;

  @SuppressWarnings("NullAway.Init")
  private transient Fates fates;

  /**
   * @param predictionSchema of the first input
   * @param maturity event time for which a prediction waits
   * @param otherwise label to assume at maturity; null: the prediction has no outcome then
   */
  public LabelJoin(
      Schema predictionSchema, Outcomes outcomes, Duration maturity, @Nullable Double otherwise) {
    this.predictionSchema = predictionSchema;
    this.outcomes = outcomes;
    this.maturityMillis = maturity.toMillis();
    this.otherwise = otherwise;
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    waiting =
        runtime.getState(
            new ValueStateDescriptor<>(
                "waiting-prediction", new GenericRecordAvroTypeInfo(predictionSchema)));
    held = runtime.getState(new ValueStateDescriptor<>("held-label", Label.class));
    settled = runtime.getState(new ValueStateDescriptor<>("settled", Settled.class));
    fates = new Fates(runtime.getMetricGroup());
  }

  @Override
  public void processElement1(
      GenericRecord prediction, Context context, Collector<GenericRecord> out) throws IOException {
    if (settled.value() != null || waiting.value() != null) {
      fates.count(Fate.PREDICTIONS_REPEATED);
      return;
    }
    long matureMillis = eventTime(prediction) + maturityMillis;
    Label label = held.value();
    held.clear();
    if (label != null && label.timeMillis() <= matureMillis) {
      label(prediction, label, context, out);
      return;
    }
    if (label != null) {
      fates.count(Fate.LABELS_TOO_LATE);
    }
    waiting.update(prediction);
    // A time that has passed already fires with the next watermark.
    context.timerService().registerEventTimeTimer(matureMillis);
  }

  @Override
  public void processElement2(Label label, Context context, Collector<GenericRecord> out)
      throws IOException {
    Settled before = settled.value();
    if (before != null) {
      fates.count(before.labeled() ? Fate.LABELS_REPEATED : Fate.LABELS_TOO_LATE);
      return;
    }
    GenericRecord prediction = waiting.value();
    if (prediction != null) {
      if (label.timeMillis() <= eventTime(prediction) + maturityMillis) {
        label(prediction, label, context, out);
      } else {
        fates.count(Fate.LABELS_TOO_LATE);
      }
    } else if (held.value() != null) {
      fates.count(Fate.LABELS_REPEATED);
    } else {
      held.update(label);
      context.timerService().registerEventTimeTimer(label.timeMillis() + maturityMillis);
    }
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<GenericRecord> out)
      throws IOException {
    Settled before = settled.value();
    if (before != null) {
      if (timeMillis >= before.forgetMillis()) {
        settled.clear();
      }
      return;
    }
    GenericRecord prediction = waiting.value();
    if (prediction != null && timeMillis >= eventTime(prediction) + maturityMillis) {
      mature(prediction, context, out);
    }
    Label label = held.value();
    if (label != null && timeMillis >= label.timeMillis() + maturityMillis) {
      held.clear();
      fates.count(Fate.LABELS_UNMATCHED);
    }
  }

  private void label(
      GenericRecord prediction, Label label, Context context, Collector<GenericRecord> out)
      throws IOException {
    settle(prediction, true, context);
    fates.count(Fate.PREDICTIONS_LABELED);
    out.collect(outcomes.observed(prediction, label));
  }

  private void mature(GenericRecord prediction, Context context, Collector<GenericRecord> out)
      throws IOException {
    settle(prediction, false, context);
    if (otherwise == null) {
      fates.count(Fate.PREDICTIONS_EXPIRED);
      return;
    }
    fates.count(Fate.PREDICTIONS_ASSUMED);
    out.collect(outcomes.assumed(prediction, otherwise));
  }

  private void settle(GenericRecord prediction, boolean labeled, Context context)
      throws IOException {
    long forgetMillis = eventTime(prediction) + 2 * maturityMillis;
    waiting.clear();
    settled.update(new Settled(labeled, forgetMillis));
    context.timerService().registerEventTimeTimer(forgetMillis);
  }

  /** How often something happened in this subtask since it started. */
  long count(Fate fate) {
    return fates.get(fate);
  }

  private static long eventTime(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }
}
