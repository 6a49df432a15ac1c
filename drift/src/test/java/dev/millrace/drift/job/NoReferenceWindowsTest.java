package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.policy.NoReferenceReports;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NoReferenceWindowsTest {
  private static final int MORE_THAN_ALL = 100;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @Test
  void reportsEveryWindowAsNoReferenceWithoutAReference() throws Exception {
    List<GenericRecord> predictions = new ArrayList<>(Shop.window(0, 10, 0));
    predictions.addAll(Shop.window(Shop.WINDOW, 7, 0));
    predictions
        .get(0)
        .put(
            "role",
            Shop.symbol(predictions.get(0).getSchema().getField("role").schema(), "COLLECTING"));

    List<DriftReport> reports = reports(predictions, null);

    assertThat(reports).extracting(DriftReport::getSamples).containsExactly(9L, 7L);
    assertThat(reports)
        .allSatisfy(report -> assertThat(report.getState()).isEqualTo(DriftState.NO_REFERENCE));
    DriftReport first = reports.get(0);
    assertThat(first.getId())
        .isEqualTo("shop/refund/%s/1970-01-01T00:00:00Z".formatted(first.getModelVersion()));
    assertThat(first.getWindowEnd()).isEqualTo(Instant.ofEpochMilli(Shop.WINDOW));
    assertThat(first.getReferenceDigest()).isEmpty();
  }

  @Test
  void reportsOnlyVersionsOtherThanThatOfTheReference() throws Exception {
    List<GenericRecord> predictions = Shop.window(0, 10, 0);
    predictions.get(3).put("model_version", "ffffffffffff");

    assertThat(reports(predictions, ShopReferences.referenceSet()))
        .singleElement()
        .satisfies(report -> assertThat(report.getModelVersion()).isEqualTo("ffffffffffff"))
        .satisfies(report -> assertThat(report.getSamples()).isEqualTo(1));
    assertThat(reports(Shop.window(0, 10, 0), ShopReferences.referenceSet())).isEmpty();
  }

  @Test
  void aVersionThatIsMonitoredWithoutAReferenceIsReportedByItsMonitor() throws Exception {
    List<GenericRecord> predictions = Shop.window(0, 10, 0);
    predictions.get(3).put("model_version", "ffffffffffff");

    assertThat(reports(predictions, ModelReference.none("shop", "refund", Shop.VERSION)))
        .singleElement()
        .satisfies(report -> assertThat(report.getModelVersion()).isEqualTo("ffffffffffff"));
  }

  private static List<DriftReport> reports(
      List<GenericRecord> predictions, @Nullable ModelReference reference) throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(2);
    DataStream<GenericRecord> scored =
        env.fromData(predictions, new GenericRecordAvroTypeInfo(Shop.PREDICTION))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<GenericRecord>forBoundedOutOfOrderness(
                        Duration.ofMillis(Shop.WINDOW / 2))
                    .withTimestampAssigner((event, recorded) -> (Long) event.get("event_time")));
    List<DriftReport> reports =
        new ArrayList<>(
            NoReferenceWindows.addTo(
                    scored, new NoReferenceReports("shop", "refund", Shop.DRIFT), reference)
                .executeAndCollect(MORE_THAN_ALL));
    reports.sort(Comparator.comparing(DriftReport::getWindowStart));
    return reports;
  }
}
