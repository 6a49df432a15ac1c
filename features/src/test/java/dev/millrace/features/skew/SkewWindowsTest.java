package dev.millrace.features.skew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports and alerts of the lookup shop, which has one feature. */
class SkewWindowsTest {
  private static final long HOUR = 3_600_000;
  private static final int SHOP = 1;

  private final Pipeline pipeline;
  private final String generation;

  @SuppressWarnings("NullAway.Init")
  private KeyedOneInputStreamOperatorTestHarness<Integer, SkewSample, SkewReport> windows;

  SkewWindowsTest(@TempDir Path directory) throws Exception {
    this.pipeline =
        Cards.with(directory, "score: payments", "score: payments\nskew: {alarm_above: 0.25}");
    this.generation = Generation.of(pipeline);
  }

  @BeforeEach
  void open() throws Exception {
    windows = of(pipeline);
    windows.open();
  }

  private static KeyedOneInputStreamOperatorTestHarness<Integer, SkewSample, SkewReport> of(
      Pipeline pipeline) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new SkewWindows(pipeline)), SkewSample::lookup, Types.INT);
  }

  @AfterEach
  void close() throws Exception {
    windows.close();
  }

  private void sample(int subtask, long time, double difference) throws Exception {
    windows.processElement(new SkewSample(SHOP, subtask, 2, time, new double[] {difference}), time);
  }

  private void passed(int subtask, long time) throws Exception {
    windows.processElement(new SkewSample(SHOP, subtask, 2, time, null), time);
  }

  private List<Alert> alerts() {
    var alerts = windows.getSideOutput(SkewWindows.ALERTS);
    return alerts == null ? List.of() : alerts.stream().map(StreamRecord::getValue).toList();
  }

  @Test
  void aWindowEndsWhenEverySubtaskHasPassedIt() throws Exception {
    sample(0, 10, 0);
    sample(1, HOUR - 1, 3);
    sample(0, HOUR, 5);
    sample(1, 20, 1);
    sample(0, 30, SkewSample.NO_NUMBER);
    passed(0, 2 * HOUR);
    passed(1, HOUR - 1);
    assertThat(windows.extractOutputValues()).isEmpty();
    passed(1, HOUR);
    assertThat(windows.extractOutputValues()).hasSize(1);
    SkewReport report = windows.extractOutputValues().get(0);
    assertThat(report.getLookup() + "." + report.getFeature()).isEqualTo("shop.count_1h");
    assertThat(report.getGeneration()).isEqualTo(generation);
    assertThat(report.getWindowEnd().toEpochMilli()).isEqualTo(HOUR);
    assertThat(report.getCompared()).isEqualTo(4);
    assertThat(report.getDiffering()).isEqualTo(3);
    assertThat(report.getMeanDifference()).isEqualTo(2.0);
    assertThat(report.getLargestDifference()).isEqualTo(3.0);
    passed(1, 2 * HOUR);
    assertThat(windows.extractOutputValues()).hasSize(2);
    assertThat(windows.numKeyedStateEntries()).isEqualTo(2); // progress and alarms
  }

  @Test
  void anAlertFiresInEachHourAboveTheBoundAndIsResolvedBelowIt() throws Exception {
    for (int hour = 0; hour < 4; hour++) {
      for (int i = 0; i < 4; i++) {
        sample(i % 2, hour * HOUR + i, i < (hour == 1 || hour == 2 ? 2 : 1) ? 1 : 0);
      }
      passed(0, (hour + 1) * HOUR);
      passed(1, (hour + 1) * HOUR);
    }
    assertThat(alerts())
        .extracting(Alert::getStatus)
        .containsExactly(AlertStatus.FIRING, AlertStatus.FIRING, AlertStatus.RESOLVED);
    assertThat(alerts())
        .extracting(Alert::getId)
        .containsExactly(
            "cards/serving-skew/%s/shop.count_1h/1970-01-01T01:00:00Z/FIRING".formatted(generation),
            "cards/serving-skew/%s/shop.count_1h/1970-01-01T01:00:00Z/FIRING".formatted(generation),
            "cards/serving-skew/%s/shop.count_1h/1970-01-01T01:00:00Z/RESOLVED"
                .formatted(generation));
    assertThat(alerts().get(0).getMessage())
        .isEqualTo(
            "50.0 % of the served values of shop.count_1h in the hour from 1970-01-01T01:00:00Z differ from the true ones (2 of 4, mean difference 1.00); the bound is 25.0 %.");
  }

  /** The job is restarted with a file without {@code skew}; the generation is the same. */
  @Test
  void anAlertIsResolvedWhenItsBoundIsRemoved() throws Exception {
    sample(0, 1, 1);
    passed(0, HOUR);
    passed(1, HOUR);
    assertThat(alerts()).extracting(Alert::getStatus).containsExactly(AlertStatus.FIRING);
    OperatorSubtaskState state = windows.snapshot(1, 1);
    windows.close();

    assertThat(Generation.of(Cards.PIPELINE)).isEqualTo(generation);
    windows = of(Cards.PIPELINE);
    windows.initializeState(state);
    windows.open();
    sample(0, HOUR + 1, 1);
    passed(0, 2 * HOUR);
    passed(1, 2 * HOUR);
    assertThat(alerts()).extracting(Alert::getStatus).containsExactly(AlertStatus.RESOLVED);
    assertThat(alerts().get(0).getMessage()).endsWith("; no bound is set.");
  }

  @Test
  void aSampleIsSerializedWithAllItsFields() throws IOException {
    for (SkewSample sample :
        List.of(
            new SkewSample(1, 2, 3, -5, new double[] {0, 1.5, SkewSample.NO_NUMBER}),
            new SkewSample(1, 2, 3, 4, null))) {
      DataOutputSerializer out = new DataOutputSerializer(64);
      SkewSampleSerializer.INSTANCE.serialize(sample, out);
      assertThat(
              SkewSampleSerializer.INSTANCE.deserialize(
                  new DataInputDeserializer(out.getCopyOfBuffer())))
          .usingRecursiveComparison()
          .isEqualTo(sample);
    }
  }
}
