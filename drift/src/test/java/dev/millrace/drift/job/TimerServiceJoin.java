package dev.millrace.drift.job;

import dev.millrace.drift.labels.DecidedEvent;
import dev.millrace.drift.labels.EventState;
import dev.millrace.drift.labels.JoinClocks;
import dev.millrace.drift.labels.JoinEntry;
import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * The simple label join, with three states of Flink and its timer service: the oracle of {@link
 * LabelJoinOperator}, and what the benchmark compares it with. Labels are never silent.
 */
final class TimerServiceJoin extends AbstractStreamOperator<GenericRecord>
    implements TwoInputStreamOperator<GenericRecord, Label, GenericRecord>,
        Triggerable<String, VoidNamespace>,
        EventState {
  private static final long serialVersionUID = 1L;

  private final Schema predictionSchema;
  private final LabelJoin join;
  final Map<JoinResult, Long> counts = new EnumMap<>(JoinResult.class);

  private transient JoinClocks clocks = new JoinClocks(1, Duration.ZERO, () -> 0);

  @SuppressWarnings("NullAway.Init")
  private transient InternalTimerService<VoidNamespace> timers;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<GenericRecord> prediction;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Label> label;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<DecidedEvent> decision;

  TimerServiceJoin(Schema predictionSchema, LabelJoin join) {
    this.predictionSchema = predictionSchema;
    this.join = join;
  }

  @Override
  public void open() throws Exception {
    super.open();
    clocks = new JoinClocks(join.maturityMillis(), Duration.ofDays(1), () -> 0);
    timers = getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
    prediction =
        getPartitionedState(
            new ValueStateDescriptor<>(
                "prediction", new AvroSerializer<>(GenericRecord.class, predictionSchema)));
    label = getPartitionedState(new ValueStateDescriptor<>("label", Label.class));
    decision = getPartitionedState(new ValueStateDescriptor<>("decided", DecidedEvent.class));
  }

  @Override
  public void processElement1(StreamRecord<GenericRecord> element) {
    emit(join.prediction(element.getValue(), this, clocks));
  }

  @Override
  public void processElement2(StreamRecord<Label> element) {
    emit(join.label(element.getValue(), this));
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    DecidedEvent decided = decision.value();
    if (decided == null) {
      emit(join.timer(timer.getTimestamp(), this, clocks));
    } else if (timer.getTimestamp() >= decided.forgetMillis()) {
      decision.clear();
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {}

  @Override
  public void processWatermark1(Watermark watermark) throws Exception {
    clocks.predictions(watermark.getTimestamp());
    advance();
  }

  @Override
  public void processWatermark2(Watermark watermark) throws Exception {
    clocks.labels(watermark.getTimestamp());
    advance();
  }

  private void advance() throws Exception {
    if (clocks.advance()) {
      getTimeServiceManager().orElseThrow().advanceWatermark(new Watermark(clocks.timersMillis()));
    }
  }

  private void emit(@Nullable GenericRecord outcome) {
    if (outcome != null) {
      output.collect(new StreamRecord<>(outcome));
    }
  }

  @Override
  public @Nullable JoinEntry entry() {
    try {
      DecidedEvent decided = decision.value();
      if (decided != null) {
        return decided;
      }
      GenericRecord waiting = prediction.value();
      if (waiting != null) {
        return new JoinEntry.Waiting(waiting);
      }
      return label.value();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void entry(@Nullable JoinEntry entry) {
    try {
      if (entry instanceof JoinEntry.Waiting waiting) {
        prediction.update(waiting.prediction());
      } else if (entry instanceof Label first) {
        label.update(first);
      } else {
        prediction.clear();
        label.clear();
      }
      if (entry instanceof DecidedEvent decided) {
        decision.update(decided);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void timer(long eventTimeMillis) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, eventTimeMillis);
  }

  @Override
  public void deleteAt(long eventTimeMillis) {
    timer(eventTimeMillis);
  }

  @Override
  public void count(JoinResult result) {
    counts.merge(result, 1L, Long::sum);
  }

  @Override
  public void taken(GenericRecord taken) {}

  @Override
  public void decided(GenericRecord waiting, JoinResult result) {
    count(result);
  }

  @Override
  public void contradicted(double counted, Label second) {
    count(JoinResult.LABELS_CONTRADICTING);
  }
}
