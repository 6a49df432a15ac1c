package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.policy.DecisionTimes;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.schemas.topics.PipelineSchemas;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowLabelCounterTest {
  private static final Schema OUTCOME = PipelineSchemas.outcome(Shop.pipeline());
  private static final long MATURITY = 5 * Shop.WINDOW;
  private static final long LATENESS = 0;

  private final OneInputStreamOperatorTestHarness<GenericRecord, LabelCount> harness;

  WindowLabelCounterTest() throws Exception {
    DecisionTimes times = new DecisionTimes(Shop.WINDOWS, MATURITY + LATENESS, LATENESS);
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new WindowLabelCounter(Shop.VERSION, MATURITY, times));
  }

  @BeforeEach
  void open() throws Exception {
    harness.setup(
        TypeInformation.of(LabelCount.class).createSerializer(new SerializerConfigImpl()));
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void outcome(String version, long timeMillis, @Nullable Long labelMillis)
      throws Exception {
    GenericRecord prediction = Shop.prediction(1, timeMillis, 1, "web", 0.5);
    GenericRecord outcome = new GenericData.Record(OUTCOME);
    for (Schema.Field field : OUTCOME.getFields()) {
      if (prediction.hasField(field.name())) {
        outcome.put(field.pos(), prediction.get(field.name()));
      }
    }
    outcome.put("model_version", version);
    outcome.put("label_time", labelMillis);
    harness.processElement(new StreamRecord<>(outcome));
  }

  private static LabelCount count(long startMillis, long dueMillis, long labels) {
    return new LabelCount(Shop.VERSION, startMillis, dueMillis, labels);
  }

  @Test
  void countsOutcomesOfTheVersionByTheWindowOfTheirPrediction() throws Exception {
    outcome(Shop.VERSION, 500, 700L);
    outcome(Shop.VERSION, 999, 999L);
    outcome("ba9876543210", 500, 700L);
    harness.processWatermark(0);
    outcome(Shop.VERSION, 500, 700L);
    harness.prepareSnapshotPreBarrier(1);

    assertThat(harness.extractOutputValues()).containsExactly(count(0, 999, 2), count(0, 999, 1));
  }

  @Test
  void aLabelIsKnownFromItsTimeOrMaturityButNotBeforeItsPrediction() throws Exception {
    outcome(Shop.VERSION, 500, 3_200L);
    outcome(Shop.VERSION, 1_500, null);
    outcome(Shop.VERSION, 4_500, 100L);
    harness.processWatermark(0);

    assertThat(harness.extractOutputValues())
        .containsExactlyInAnyOrder(
            count(0, 3_999, 1), count(1_000, 6_999, 1), count(4_000, 4_999, 1));
  }

  /** Otherwise the labels of a task that is idle for a while would come after their decision. */
  @Test
  void idleInputHoldsBackTheWatermark() throws Exception {
    outcome(Shop.VERSION, 500, 700L);
    harness.processWatermarkStatus(WatermarkStatus.IDLE);
    harness.processWatermark(800);

    assertThat(harness.getOutput())
        .containsExactly(new StreamRecord<>(count(0, 999, 1)), new Watermark(800));
  }
}
