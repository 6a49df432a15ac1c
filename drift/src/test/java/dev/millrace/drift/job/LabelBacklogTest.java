package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.topics.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkOutputMultiplexer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watermarks of the partitions of labels and the join, reading a backlog. */
class LabelBacklogTest {
  private static final long HOUR = 3_600_000;
  private static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .endRecord();
  private static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .requiredDouble("label")
          .optionalLong("label_time")
          .name("label_status")
          .type(SchemaBuilder.enumeration("LabelStatus").symbols("OBSERVED", "ASSUMED"))
          .noDefault()
          .endRecord();

  @SuppressWarnings("NullAway.Init")
  private LabelJoinOperator operator;

  private WatermarkOutputMultiplexer partitions = new WatermarkOutputMultiplexer(new Labels());
  private final Map<Integer, WatermarkGenerator<IncomingRecord>> readers = new TreeMap<>();

  @SuppressWarnings("NullAway.Init")
  private KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord> join;

  @BeforeEach
  void open() throws Exception {
    start(null);
  }

  /** Starts the join, and the readers of two partitions of the clean topic. */
  private void start(@Nullable OperatorSubtaskState state) throws Exception {
    operator =
        new LabelJoinOperator(
            "shop",
            PREDICTION,
            new LabelJoin(new OutcomeBuilder(OUTCOME), Duration.ofMillis(HOUR), 0.0),
            Duration.ofMinutes(5),
            null);
    join =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator,
            prediction -> prediction.get("event_id").toString(),
            Label::eventId,
            Types.STRING);
    join.setup(new GenericRecordAvroTypeInfo(OUTCOME).createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      join.initializeState(state);
    }
    join.open();
    partitions = new WatermarkOutputMultiplexer(new Labels());
    for (int partition = 0; partition < 2; partition++) {
      partitions.registerNewOutput(String.valueOf(partition), new NoListener());
      readers.put(partition, ProgressWatermarks.strategy().createWatermarkGenerator(new Context()));
    }
  }

  @AfterEach
  void close() throws Exception {
    join.close();
  }

  @Test
  void countsLabelsReadAfterADayOfPredictions() throws Exception {
    for (int hour = 0; hour < 24; hour++) {
      prediction("e" + hour, hour * HOUR);
    }
    join.processWatermark1(new Watermark(24 * HOUR));
    pass(HOUR);
    for (int hour = 0; hour < 24; hour++) {
      label("e" + hour, hour * HOUR + 1);
    }
    progress(0, 0, 40 * HOUR);
    progress(1, 0, 40 * HOUR);
    pass(10_000);

    assertThat(labels()).hasSize(24).containsOnly(1.0);
    assertThat(operator.count(JoinResult.PREDICTIONS_UNLABELED)).isZero();
  }

  /** Two arrival partitions feed both clean partitions. */
  @Test
  void countsLabelsOfASlowArrivalPartition() throws Exception {
    for (int hour = 0; hour < 10; hour++) {
      prediction("e" + hour, hour * HOUR);
    }
    join.processWatermark1(new Watermark(11 * HOUR));
    for (int partition = 0; partition < 2; partition++) {
      progressOf(partition, new Progress(1, 2, 1, false, 0));
      progressOf(partition, new Progress(0, 2, 24 * HOUR, false, 0));
    }
    pass(HOUR);
    for (int hour = 0; hour < 10; hour++) {
      label("e" + hour, hour * HOUR + 1);
    }
    for (int partition = 0; partition < 2; partition++) {
      progressOf(partition, new Progress(1, 2, 24 * HOUR, false, 0));
    }
    pass(10_000);

    assertThat(labels()).hasSize(10).containsOnly(1.0);
  }

  /** A machine may be so slow that one partition is read minutes before the other. */
  @Test
  void afterARestartPredictionsWaitForThePartitionThatWasNotRead() throws Exception {
    prediction("labelled", HOUR);
    prediction("unlabelled", HOUR);
    progress(0, 0, 2 * HOUR);
    progress(1, 0, 2 * HOUR);
    pass(10_000);
    OperatorSubtaskState state = join.snapshot(1, 1);
    join.close();

    start(state);
    join.processWatermark1(new Watermark(11 * HOUR));
    progressOf(0, new Progress(0, 1, 40 * HOUR, false, 0));
    pass(HOUR);
    progressOf(0, new Progress(0, 1, 40 * HOUR, true, 0));
    pass(HOUR);
    assertThat(labels()).isEmpty();

    label("labelled", HOUR + 1);
    progressOf(1, new Progress(0, 1, 40 * HOUR, true, 0));
    pass(10_000);
    assertThat(labels()).containsExactlyInAnyOrder(1.0, 0.0);
  }

  private List<Object> labels() {
    return join.extractOutputValues().stream().map(outcome -> outcome.get("label")).toList();
  }

  private void prediction(String id, long time) throws Exception {
    join.processElement1(
        new GenericRecordBuilder(PREDICTION).set("event_id", id).set("event_time", time).build(),
        time);
  }

  private void label(String id, long time) throws Exception {
    join.processElement2(new StreamRecord<>(new Label(id, 1, time)));
  }

  private void progress(int partition, int arrival, long timeMillis) {
    progressOf(partition, new Progress(arrival, 1, timeMillis, false, 0));
  }

  private void progressOf(int partition, Progress progress) {
    WatermarkGenerator<IncomingRecord> reader =
        Objects.requireNonNull(readers.get(partition), "reader");
    reader.onEvent(
        IncomingRecord.of(progress, partition, 0),
        progress.timeMillis(),
        partitions.getImmediateOutput(String.valueOf(partition)));
  }

  /** Lets the wall clock advance, and Flink ask for watermarks several times. */
  private void pass(long millis) throws Exception {
    for (int step = 0; step < 5; step++) {
      join.setProcessingTime(join.getProcessingTime() + millis / 5);
      readers.forEach(
          (partition, reader) ->
              reader.onPeriodicEmit(partitions.getDeferredOutput(String.valueOf(partition))));
      partitions.onPeriodicEmit();
    }
  }

  private static final class Context implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      throw new AssertionError("no wall clock");
    }
  }

  private static final class NoListener
      implements WatermarkOutputMultiplexer.WatermarkUpdateListener {
    @Override
    public void onIdleUpdate(boolean isIdle) {}

    @Override
    public void onWatermarkUpdate(long watermark) {}
  }

  /** The second input of the join. */
  private final class Labels implements WatermarkOutput {
    @Override
    public void emitWatermark(org.apache.flink.api.common.eventtime.Watermark watermark) {
      run(
          () -> {
            join.processWatermarkStatus2(WatermarkStatus.ACTIVE);
            join.processWatermark2(new Watermark(watermark.getTimestamp()));
          });
    }

    @Override
    public void markIdle() {
      run(() -> join.processWatermarkStatus2(WatermarkStatus.IDLE));
    }

    @Override
    public void markActive() {
      run(() -> join.processWatermarkStatus2(WatermarkStatus.ACTIVE));
    }

    private static void run(ThrowingRunnable<Exception> action) {
      try {
        action.run();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
