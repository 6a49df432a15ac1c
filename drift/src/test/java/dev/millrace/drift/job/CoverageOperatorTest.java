package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.coverage.CoverageCounts;
import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.coverage.CoverageUpdate;
import dev.millrace.drift.coverage.CoverageVerdict;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Coverage from the label join to the verdict. */
@SuppressWarnings("try") // harnesses throw Exception when closed
class CoverageOperatorTest {
  private static final long MATURITY = 10 * Shop.WINDOW;
  private static final Duration SILENCE = Duration.ofMinutes(5);
  private static final TumblingWindows WINDOWS = new TumblingWindows(Shop.WINDOW);
  private static final TumblingWindows DAYS = TumblingWindows.of(Duration.ofDays(1));

  private static OneInputStreamOperatorTestHarness<CoverageUpdate, CoverageDecision> coverage(
      @Nullable OperatorSubtaskState state, TumblingWindows windows) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<>(
            new CoverageOperator("shop", windows, MATURITY, 0.003, Drift.SEASON));
    harness.setup(
        TypeInformation.of(CoverageDecision.class).createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord>
      join() throws Exception {
    var schema = PipelineSchemas.outcome(Shop.pipeline());
    var harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new LabelJoinOperator(
                "shop",
                Shop.PREDICTION,
                new LabelJoin(new OutcomeBuilder(schema), Duration.ofMillis(MATURITY), null),
                SILENCE,
                WINDOWS),
            prediction -> prediction.get("event_id").toString(),
            Label::eventId,
            Types.STRING);
    harness.setup(
        new GenericRecordAvroTypeInfo(schema).createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  @Test
  void silentLabelsAreAnAlarmWhenPredictionsAreTwoMaturitiesPastAWindow() throws Exception {
    try (var join = join();
        var coverage = coverage(null, WINDOWS)) {
      List<GenericRecord> window = Shop.window(0, 40, 0);
      for (GenericRecord prediction : window) {
        join.processElement1(prediction, 0);
      }
      join.processElement2(new Label(window.get(0).get("event_id").toString(), 1, 5), 0);
      join.processWatermarkStatus2(WatermarkStatus.IDLE);
      join.setProcessingTime(SILENCE.toMillis());
      join.processWatermark1(new Watermark(Shop.WINDOW + 2 * MATURITY - 1));
      join.prepareSnapshotPreBarrier(1);
      pass(join, coverage);
      assertThat(coverage.extractOutputValues()).isEmpty();

      join.processWatermark1(new Watermark(Shop.WINDOW + 2 * MATURITY));
      pass(join, coverage);
      CoverageDecision stalled = coverage.extractOutputValues().get(0);
      assertThat(stalled.verdict()).isEqualTo(CoverageVerdict.STALLED);
      assertThat(stalled.coverage().total()).isEqualTo(new CoverageCounts(40, 1, 0, 0, 0));

      join.processWatermarkStatus2(WatermarkStatus.ACTIVE);
      join.processElement2(new Label(window.get(1).get("event_id").toString(), 1, 5), 0);
      join.processWatermark2(new Watermark(Shop.WINDOW + MATURITY));
      pass(join, coverage);
      CoverageDecision revised = coverage.extractOutputValues().get(1);
      assertThat(revised.coverage().revised()).isTrue();
      assertThat(revised.coverage().total()).isEqualTo(new CoverageCounts(40, 2, 0, 38, 0));
    }
  }

  private static void pass(
      KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord> join,
      OneInputStreamOperatorTestHarness<CoverageUpdate, CoverageDecision> coverage)
      throws Exception {
    var updates = join.getSideOutput(CoverageCounter.OUTPUT);
    StreamRecord<CoverageUpdate> update = updates == null ? null : updates.poll();
    while (updates != null && update != null) {
      coverage.processElement(update);
      update = updates.poll();
    }
  }

  /** Calibration, a fall, no labels, and labels again, with a restart after each update. */
  @Test
  void restartsAtAnyPointChangeNothing() throws Exception {
    List<CoverageUpdate> updates = new ArrayList<>();
    for (int day = 0; day < 20; day++) {
      updates.add(counts(day, day == 14 ? 20 : 50));
      updates.add(day == 17 ? stalled(day) : mark(day - 1));
      updates.add(counts(day, day == 14 ? 15 : 45));
      updates.add(mark(day));
    }
    List<CoverageDecision> straight = new ArrayList<>();
    try (var harness = coverage(null, DAYS)) {
      for (CoverageUpdate update : updates) {
        harness.processElement(update, 0);
      }
      straight.addAll(harness.extractOutputValues());
    }
    assertThat(straight)
        .extracting(CoverageDecision::verdict)
        .containsOnly(
            CoverageVerdict.CALIBRATING,
            CoverageVerdict.OK,
            CoverageVerdict.LOW,
            CoverageVerdict.STALLED);

    List<CoverageDecision> restarted = new ArrayList<>();
    OperatorSubtaskState state = null;
    for (CoverageUpdate update : updates) {
      try (var harness = coverage(state, DAYS)) {
        harness.processElement(update, 0);
        restarted.addAll(harness.extractOutputValues());
        state = harness.snapshot(1, 1);
      }
    }
    assertThat(restarted).isEqualTo(straight);
  }

  private static CoverageUpdate counts(long day, long labelled) {
    return CoverageUpdate.counts(
        DAYS.lengthMillis() * day, "v1", new CoverageCounts(50, labelled, 0, 50 - labelled, 0));
  }

  private static CoverageUpdate mark(long day) {
    return CoverageUpdate.mark(0, 1, (day + 1) * DAYS.lengthMillis() + MATURITY, Long.MIN_VALUE);
  }

  private static CoverageUpdate stalled(long day) {
    return CoverageUpdate.mark(0, 1, Long.MIN_VALUE, (day + 1) * DAYS.lengthMillis());
  }
}
