package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.Shop;
import dev.millrace.drift.job.QualityShop.Scored;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operators of quality in a mini cluster, from collections to a collection. */
class QualityTopologyTest {
  private static final int WINDOWS = 3;
  private static final int PREDICTIONS = 800;
  private static final int SLOTS = 8;
  private static final int MORE_THAN_ALL = 1_000;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(SLOTS);

  private final List<Scored> scored = new ArrayList<>();

  @Test
  void reportsAreIdenticalAtAnyParallelismAndEqualTheRows() throws Exception {
    for (int window = 0; window < WINDOWS; window++) {
      scored.addAll(QualityShop.window(window, PREDICTIONS, 0.1));
    }

    List<QualityReport> alone = run(1, scored);

    // Of all rows and of three channels, measured and estimated.
    assertThat(alone).hasSize(2 * 4 * WINDOWS);
    for (int window = 0; window < WINDOWS; window++) {
      for (String channel : new String[] {"", "web", "shop", "phone"}) {
        equalsTheRows(alone, window, channel);
      }
    }
    assertThat(run(SLOTS, disordered())).isEqualTo(alone);
  }

  private void equalsTheRows(List<QualityReport> reports, int window, String channel) {
    long start = window * Shop.WINDOW;
    String slice = channel.isEmpty() ? "" : "channel=" + channel;
    QualityReport measured = find(reports, start, "measured/" + slice);
    QualityReport estimated = find(reports, start, "estimated/" + slice);
    List<Scored> rows =
        scored.stream()
            .filter(
                row -> Shop.WINDOWS.startMillis((Long) row.prediction().get("event_time")) == start)
            .filter(row -> channel.isEmpty() || row.channel().equals(channel))
            .toList();
    long refunded = count(rows, Scored::refunded);

    assertThat(measured.getPredictions()).isEqualTo(rows.size());
    assertThat(measured.getObserved()).isEqualTo(refunded);
    assertThat(measured.getAssumed()).isEqualTo(rows.size() - refunded);
    assertThat(measured.getCoverage()).isEqualTo((double) refunded / rows.size());
    assertThat(value(measured, QualityMetric.ACCURACY))
        .isEqualTo(
            (double) count(rows, row -> row.positive() == row.refunded()) / rows.size(),
            within(1e-12));
    assertThat(measured.getDecisions().getTruePositives())
        .isEqualTo(count(rows, row -> row.positive() && row.refunded()));
    assertThat(measured.getDecisions().getCondition()).isEqualTo("score >= 0.5");
    assertThat(measured.getPartLabels().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(channel.isEmpty() ? rows.size() : 0);
    assertThat(measured.getConcept() != null).isEqualTo(channel.isEmpty());
    assertThat(measured.getDisparities()).hasSize(channel.isEmpty() ? 0 : 3);
    assertThat(estimated.getPredictions()).isEqualTo(rows.size());
    assertThat(estimated.getObserved()).isZero();
    assertThat(value(estimated, QualityMetric.ACCURACY))
        .isEqualTo(
            rows.stream()
                .mapToDouble(row -> row.positive() ? row.score() : 1 - row.score())
                .average()
                .orElseThrow(),
            within(2e-3));
  }

  private static long count(List<Scored> rows, Predicate<Scored> matching) {
    return rows.stream().filter(matching).count();
  }

  private static double value(QualityReport report, QualityMetric metric) {
    return report.getMetrics().stream()
        .filter(figure -> figure.getMetric() == metric)
        .mapToDouble(QualityFigure::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static QualityReport find(List<QualityReport> reports, long start, String end) {
    return reports.stream()
        .filter(report -> report.getWindowStart().toEpochMilli() == start)
        .filter(report -> report.getId().endsWith("/" + end))
        .findFirst()
        .orElseThrow();
  }

  private List<Scored> disordered() {
    List<Scored> disordered = new ArrayList<>();
    Random random = new Random(7);
    int reach = PREDICTIONS / 8;
    for (int i = 0; i < scored.size(); i += reach) {
      List<Scored> some = new ArrayList<>(scored.subList(i, i + reach));
      Collections.shuffle(some, random);
      disordered.addAll(some);
    }
    return disordered;
  }

  /** The reports of rows, in the order of their ids. */
  static List<QualityReport> run(int parallelism, List<Scored> rows) throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    List<GenericRecord> refunds = new ArrayList<>();
    for (Scored row : rows) {
      if (row.refunded()) {
        long time = (Long) row.prediction().get("event_time");
        refunds.add(Shop.refund(row.id(), time + Shop.WINDOW));
      }
    }
    Topology topology = new Topology(QualityShop.PIPELINE, Duration.ZERO, true);
    DataStream<GenericRecord> predictions =
        events(
            env,
            rows.stream().map(Scored::prediction).toList(),
            QualityShop.PREDICTION,
            "event_time");
    Labels labels = Objects.requireNonNull(QualityShop.PIPELINE.labels());
    DataStream<IncomingRecord> labelEvents =
        events(env, refunds, Shop.REFUND, "at")
            .map(refund -> IncomingRecord.of(refund, (Long) refund.get("at"), 0, 0))
            .returns(IncomingRecord.type(Shop.REFUND));
    DataStream<GenericRecord> outcomes =
        topology.outcomes(predictions, topology.labels(labelEvents, labels), labels);
    List<QualityReport> reports =
        Objects.requireNonNull(QualityTopology.of(QualityShop.PIPELINE, null))
            .reports(predictions, outcomes)
            .reports()
            .executeAndCollect(MORE_THAN_ALL);
    return reports.stream().sorted(Comparator.comparing(QualityReport::getId)).toList();
  }

  private static DataStream<GenericRecord> events(
      StreamExecutionEnvironment env, List<GenericRecord> events, Schema schema, String time) {
    return env.fromData(events, new GenericRecordAvroTypeInfo(schema))
        .setParallelism(1)
        .rebalance()
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<GenericRecord>forBoundedOutOfOrderness(
                    Duration.ofMillis(Shop.WINDOW / 2))
                .withTimestampAssigner((event, recorded) -> (Long) event.get(time)));
  }
}
