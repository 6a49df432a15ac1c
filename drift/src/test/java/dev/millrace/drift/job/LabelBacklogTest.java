package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The clock of labels and the join, reading a backlog. */
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

  private final LabelJoinFunction function =
      new LabelJoinFunction(
          "shop",
          PREDICTION,
          new LabelJoin(new OutcomeBuilder(OUTCOME), Duration.ofMillis(HOUR), 0.0));
  private long nowMillis;
  private int taken;

  @SuppressWarnings("NullAway.Init")
  private OneInputStreamOperatorTestHarness<LabelEvent, Label> clock;

  @SuppressWarnings("NullAway.Init")
  private KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord> join;

  @BeforeEach
  void open() throws Exception {
    clock =
        new OneInputStreamOperatorTestHarness<>(
            new LabelWatermarkOperator(Duration.ofMinutes(1), Duration.ofSeconds(5)));
    clock.setup();
    clock.open();
    join =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new LabelJoinOperator(function, Duration.ofMinutes(5)),
            prediction -> prediction.get("event_id").toString(),
            Label::eventId,
            Types.STRING);
    join.setup(new GenericRecordAvroTypeInfo(OUTCOME).createSerializer(new SerializerConfigImpl()));
    join.open();
    forward();
  }

  @AfterEach
  void close() throws Exception {
    clock.close();
    join.close();
  }

  @Test
  void countsLabelsReadAfterADayOfPredictions() throws Exception {
    for (int hour = 0; hour < 24; hour++) {
      prediction("e" + hour, hour * HOUR);
    }
    join.processWatermark1(new Watermark(24 * HOUR));
    pass(200);
    for (int hour = 0; hour < 24; hour++) {
      label("e" + hour, hour * HOUR + 1, 0, hour * HOUR + 1);
    }
    label("last", 40 * HOUR, 0, 40 * HOUR);
    pass(10_000);

    assertThat(labels()).hasSize(24).containsOnly(1.0);
    assertThat(function.count(JoinResult.PREDICTIONS_UNLABELED)).isZero();
  }

  /** Both arrival partitions feed one clean partition. */
  @Test
  void countsLabelsOfASlowArrivalPartition() throws Exception {
    for (int hour = 0; hour < 10; hour++) {
      prediction("e" + hour, hour * HOUR);
    }
    join.processWatermark1(new Watermark(11 * HOUR));
    label("slow", 1, 1, 1);
    for (int i = 0; i < 60; i++) {
      label("fast" + i, 24 * HOUR, 0, 24 * HOUR + i);
      pass(200);
    }
    for (int hour = 0; hour < 10; hour++) {
      label("e" + hour, hour * HOUR + 1, 1, hour * HOUR + 1);
    }
    pass(10_000);

    assertThat(labels()).hasSize(10).containsOnly(1.0);
  }

  private List<Object> labels() {
    return join.extractOutputValues().stream().map(outcome -> outcome.get("label")).toList();
  }

  private void prediction(String id, long time) throws Exception {
    join.processElement1(
        new GenericRecordBuilder(PREDICTION).set("event_id", id).set("event_time", time).build(),
        time);
  }

  private void label(String id, long time, int arrival, long clockMillis) throws Exception {
    Label label = new Label(id, 1, time);
    clock.processElement(new StreamRecord<>(new LabelEvent(label, arrival, clockMillis)));
    forward();
  }

  private void pass(long millis) throws Exception {
    for (long passed = 0; passed < millis; passed += 200) {
      nowMillis += 200;
      clock.setProcessingTime(nowMillis);
      join.setProcessingTime(nowMillis);
      forward();
    }
  }

  private void forward() throws Exception {
    List<Object> all = new ArrayList<>(clock.getOutput());
    for (Object each : all.subList(taken, all.size())) {
      if (each instanceof WatermarkStatus status) {
        join.processWatermarkStatus2(status);
      } else if (each instanceof Watermark watermark) {
        join.processWatermark2(watermark);
      } else {
        join.processElement2(new StreamRecord<>((Label) ((StreamRecord<?>) each).getValue()));
      }
    }
    taken = all.size();
  }
}
