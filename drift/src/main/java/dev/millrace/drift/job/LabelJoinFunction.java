package dev.millrace.drift.job;

import dev.millrace.drift.labels.DecidedEvent;
import dev.millrace.drift.labels.EventState;
import dev.millrace.drift.labels.JoinClocks;
import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link LabelJoin} over keyed state: predictions are the first input, labels the second.
 */
final class LabelJoinFunction
    extends KeyedCoProcessFunction<String, GenericRecord, Label, GenericRecord> {
  static final ValueStateDescriptor<Label> LABEL =
      new ValueStateDescriptor<>("waiting-label", Label.class);

  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final Schema predictionSchema;
  private final LabelJoin join;

  @SuppressWarnings("NullAway.Init")
  private transient KeyedState state;

  @SuppressWarnings("NullAway.Init")
  private transient JoinClocks clocks;

  /**
   * @param pipeline name of the pipeline, for metrics
   * @param predictionSchema of the first input
   */
  LabelJoinFunction(String pipeline, Schema predictionSchema, LabelJoin join) {
    this.pipeline = pipeline;
    this.predictionSchema = predictionSchema;
    this.join = join;
  }

  /** Sets the clocks; must be called before {@code open}. */
  void use(JoinClocks joinClocks) {
    this.clocks = joinClocks;
  }

  static ValueStateDescriptor<GenericRecord> prediction(Schema predictionSchema) {
    return new ValueStateDescriptor<>(
        "waiting-prediction", new NamedRecordSerializer(predictionSchema));
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    state =
        new KeyedState(
            runtime.getState(prediction(predictionSchema)),
            runtime.getState(LABEL),
            runtime.getState(new ValueStateDescriptor<>("decided-event", DecidedEvent.class)),
            new JoinCounters(PipelineMetrics.of(runtime.getMetricGroup(), pipeline)));
  }

  @Override
  public void processElement1(
      GenericRecord prediction, Context context, Collector<GenericRecord> out) {
    emit(join.prediction(prediction, state.of(context.timerService()), clocks), out);
  }

  @Override
  public void processElement2(Label label, Context context, Collector<GenericRecord> out) {
    emit(join.label(label, state.of(context.timerService())), out);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<GenericRecord> out) {
    emit(join.timer(timeMillis, state.of(context.timerService()), clocks), out);
  }

  private static void emit(@Nullable GenericRecord outcome, Collector<GenericRecord> out) {
    if (outcome != null) {
      out.collect(outcome);
    }
  }

  String pipeline() {
    return pipeline;
  }

  Schema predictionSchema() {
    return predictionSchema;
  }

  LabelJoin join() {
    return join;
  }

  /** The count of a result in this subtask since its start. */
  long count(JoinResult result) {
    return state.counters.get(result);
  }

  /** The state of the current key. */
  private static final class KeyedState implements EventState {
    private final ValueState<GenericRecord> prediction;
    private final ValueState<Label> label;
    private final ValueState<DecidedEvent> decided;
    private final JoinCounters counters;
    private @Nullable TimerService timers;

    KeyedState(
        ValueState<GenericRecord> prediction,
        ValueState<Label> label,
        ValueState<DecidedEvent> decided,
        JoinCounters counters) {
      this.prediction = prediction;
      this.label = label;
      this.decided = decided;
      this.counters = counters;
    }

    KeyedState of(TimerService timerService) {
      timers = timerService;
      return this;
    }

    @Override
    public @Nullable GenericRecord prediction() {
      return get(prediction);
    }

    @Override
    public void prediction(@Nullable GenericRecord value) {
      set(prediction, value);
    }

    @Override
    public @Nullable Label label() {
      return get(label);
    }

    @Override
    public void label(@Nullable Label value) {
      set(label, value);
    }

    @Override
    public @Nullable DecidedEvent decided() {
      return get(decided);
    }

    @Override
    public void decided(@Nullable DecidedEvent value) {
      set(decided, value);
    }

    @Override
    public void timer(long eventTimeMillis) {
      if (timers != null) {
        timers.registerEventTimeTimer(eventTimeMillis);
      }
    }

    @Override
    public void count(JoinResult result) {
      counters.count(result);
    }

    private static <T> @Nullable T get(ValueState<T> state) {
      try {
        return state.value();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static <T> void set(ValueState<T> state, @Nullable T value) {
      try {
        if (value == null) {
          state.clear();
        } else {
          state.update(value);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
