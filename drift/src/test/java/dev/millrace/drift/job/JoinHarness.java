package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The label join in a test harness, with one method for each input. */
final class JoinHarness implements AutoCloseable {
  static final long MATURITY = 1_000;
  static final long SILENCE = 300_000;

  static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .requiredDouble("score")
          .requiredDouble("threshold")
          .requiredString("role_reason")
          .endRecord();

  static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .requiredDouble("score")
          .requiredDouble("label")
          .optionalLong("label_time")
          .name("label_status")
          .type(SchemaBuilder.enumeration("LabelStatus").symbols("OBSERVED", "ASSUMED"))
          .noDefault()
          .endRecord();

  private final LabelJoinOperator operator;
  private final KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord>
      harness;

  JoinHarness(@Nullable Double otherwise) throws Exception {
    this(otherwise, MATURITY, null);
  }

  JoinHarness(@Nullable Double otherwise, long maturityMillis, @Nullable OperatorSubtaskState state)
      throws Exception {
    this(PREDICTION, new HashMapStateBackend(), otherwise, maturityMillis, state);
  }

  /** The join with its state in RocksDB, as the job has it: state of another schema is migrated. */
  static JoinHarness stored(Schema schema, @Nullable OperatorSubtaskState state) throws Exception {
    return new JoinHarness(schema, new EmbeddedRocksDBStateBackend(), 0.0, MATURITY, state);
  }

  private JoinHarness(
      Schema schema,
      StateBackend backend,
      @Nullable Double otherwise,
      long maturityMillis,
      @Nullable OperatorSubtaskState state)
      throws Exception {
    operator =
        new LabelJoinOperator(
            "shop",
            schema,
            new LabelJoin(
                new OutcomeBuilder(OUTCOME), Duration.ofMillis(maturityMillis), otherwise),
            Duration.ofMillis(SILENCE),
            null);
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator,
            prediction -> prediction.get("event_id").toString(),
            Label::eventId,
            Types.STRING);
    harness.setStateBackend(backend);
    harness.setup(
        new GenericRecordAvroTypeInfo(OUTCOME).createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  JoinHarness prediction(String id, long time) {
    GenericRecord prediction =
        new GenericRecordBuilder(PREDICTION)
            .set("event_id", id)
            .set("event_time", time)
            .set("score", 0.5)
            .set("threshold", 0.25)
            .set("role_reason", "champion")
            .build();
    return quietly(() -> harness.processElement1(prediction, time));
  }

  JoinHarness label(String id, double value, long time) {
    return quietly(() -> harness.processElement2(new Label(id, value, time), time));
  }

  JoinHarness watermark(long time) {
    return quietly(() -> harness.processBothWatermarks(new Watermark(time)));
  }

  JoinHarness predictionClock(long time) {
    return quietly(() -> harness.processWatermark1(new Watermark(time)));
  }

  JoinHarness labelClock(long time) {
    return quietly(() -> harness.processWatermark2(new Watermark(time)));
  }

  JoinHarness labelsIdle() {
    return quietly(() -> harness.processWatermarkStatus2(WatermarkStatus.IDLE));
  }

  JoinHarness labelsActive() {
    return quietly(() -> harness.processWatermarkStatus2(WatermarkStatus.ACTIVE));
  }

  JoinHarness pass(long millis) {
    return quietly(() -> harness.setProcessingTime(harness.getProcessingTime() + millis));
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  JoinHarness predictionsIdle() {
    return quietly(() -> harness.processWatermarkStatus1(WatermarkStatus.IDLE));
  }

  JoinHarness predictionsActive() {
    return quietly(() -> harness.processWatermarkStatus1(WatermarkStatus.ACTIVE));
  }

  /** All that was emitted: records, watermarks and their status. */
  List<Object> output() {
    return List.copyOf(harness.getOutput());
  }

  List<GenericRecord> records() {
    return harness.extractOutputValues();
  }

  List<String> outcomes() {
    return records().stream()
        .map(
            outcome -> {
              assertThat(GenericData.get().validate(OUTCOME, outcome)).isTrue();
              return "%s %s %s %s"
                  .formatted(
                      outcome.get("event_id"),
                      outcome.get("label"),
                      outcome.get("label_time"),
                      outcome.get("label_status"));
            })
        .toList();
  }

  long count(JoinResult result) {
    return operator.count(result);
  }

  int stateEntries() {
    return harness.numKeyedStateEntries();
  }

  @Override
  public void close() {
    quietly(harness::close);
  }

  private JoinHarness quietly(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return this;
  }

  private interface Step {
    void run() throws Exception;
  }
}
