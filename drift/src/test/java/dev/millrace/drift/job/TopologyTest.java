package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole topology in a mini cluster, from collections to a collection. */
class TopologyTest {
  private static final int WINDOWS = 6;
  private static final int PREDICTIONS = 600;
  private static final int DRIFT_BEGINS = 3;
  private static final int MORE_THAN_ALL = 2 * WINDOWS * PREDICTIONS;
  private static final int SLOTS = 8;

  /** The labels of the first drifted window, which come in the next one, are too few. */
  private static final Retrain RETRAIN = new Retrain(Set.of(Cause.DATA), Duration.ZERO, 150);

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(SLOTS);

  @Test
  void resultsAreIdenticalAtAnyParallelism() throws Exception {
    List<GenericRecord> predictions = new ArrayList<>();
    List<GenericRecord> refunds = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      long start = window * Shop.WINDOW;
      double shift = window < DRIFT_BEGINS ? 0 : 0.7;
      for (GenericRecord prediction : Shop.window(start, PREDICTIONS, shift)) {
        predictions.add(prediction);
        if (predictions.size() % 7 == 0) {
          refunds.add(Shop.refund((String) prediction.get("event_id"), start + Shop.WINDOW));
        }
      }
    }

    List<String> alone = run(1, predictions, refunds);

    assertThat(alone.stream().filter(line -> line.startsWith("report"))).hasSize(WINDOWS);
    assertThat(alone.stream().filter(line -> line.startsWith("alert"))).hasSize(2);
    assertThat(alone.stream().filter(line -> line.contains("AWAITING_LABELS"))).hasSize(2);
    assertThat(alone.stream().filter(line -> line.startsWith("trigger"))).hasSize(1);
    assertThat(alone.stream().filter(line -> line.startsWith("outcome")))
        .hasSize(WINDOWS * PREDICTIONS);
    assertThat(alone.stream().filter(line -> line.contains("OBSERVED"))).hasSize(refunds.size());
    assertThat(run(3, predictions, refunds)).isEqualTo(alone);
    assertThat(run(SLOTS, disordered(predictions), disordered(refunds))).isEqualTo(alone);
  }

  /** The tasks do not know the bins, which the monitor cuts after the first windows. */
  @Test
  void aReferenceOfTheFirstWindowsIsIdenticalAtAnyParallelism() throws Exception {
    int first = 10;
    List<GenericRecord> predictions = new ArrayList<>();
    for (int window = 0; window < first + 4; window++) {
      double shift = window < first + 2 ? 0 : 0.7;
      predictions.addAll(Shop.window(window * Shop.WINDOW, PREDICTIONS, shift));
    }

    List<String> alone = firstWindows(1, first, predictions);

    assertThat(alone).hasSize(first + 4);
    assertThat(alone.stream().filter(line -> line.contains("CALIBRATING"))).hasSize(first);
    assertThat(alone.stream().filter(line -> line.contains("\"state\": \"DRIFT\""))).hasSize(2);
    assertThat(firstWindows(2, first, predictions)).isEqualTo(alone);
    assertThat(firstWindows(SLOTS, first, disordered(predictions))).isEqualTo(alone);
  }

  private static List<String> firstWindows(
      int parallelism, int windows, List<GenericRecord> predictions) throws Exception {
    StreamExecutionEnvironment env = environment(parallelism);
    return new Topology(Shop.pipeline(), Duration.ZERO, true)
            .reports(
                events(env, predictions, Shop.PREDICTION, "event_time"),
                null,
                Topology.Others.NONE,
                ShopReferences.uncut(Shop.VERSION),
                Shop.first(windows))
            .map(Object::toString)
            .returns(Types.STRING)
            .executeAndCollect(MORE_THAN_ALL)
            .stream()
            .sorted()
            .toList();
  }

  /** The events in another order, in which none of them is late. */
  private static List<GenericRecord> disordered(List<GenericRecord> events) {
    List<GenericRecord> disordered = new ArrayList<>();
    Random random = new Random(7);
    int reach = PREDICTIONS / 8;
    for (int i = 0; i < events.size(); i += reach) {
      List<GenericRecord> some =
          new ArrayList<>(events.subList(i, Math.min(events.size(), i + reach)));
      Collections.shuffle(some, random);
      disordered.addAll(some);
    }
    return disordered;
  }

  private static List<String> run(
      int parallelism, List<GenericRecord> predictions, List<GenericRecord> refunds)
      throws Exception {
    StreamExecutionEnvironment env = environment(parallelism);
    Pipeline pipeline = Shop.pipeline(RETRAIN);
    Topology topology = new Topology(pipeline, Duration.ZERO, true);
    DataStream<GenericRecord> scored = events(env, predictions, Shop.PREDICTION, "event_time");
    Labels labels = Objects.requireNonNull(pipeline.labels());
    DataStream<GenericRecord> outcomes =
        topology.outcomes(scored, topology.labels(refunds(env, refunds), labels), labels);
    SingleOutputStreamOperator<DriftReport> reports =
        topology.reports(
            scored,
            outcomes,
            new Topology.Others(signals(scored), null, PublishedAlerts.NONE),
            ShopReferences.referenceSet(),
            Shop.DRIFT);
    DataStream<String> lines =
        reports
            .map(report -> "report " + report)
            .returns(Types.STRING)
            .union(
                outcomes.map(outcome -> "outcome " + outcome).returns(Types.STRING),
                reports
                    .getSideOutput(DriftFunction.ALERTS)
                    .map(TopologyTest::timeless)
                    .returns(Types.STRING),
                reports
                    .getSideOutput(DriftFunction.TRIGGERS)
                    .map(TopologyTest::timeless)
                    .returns(Types.STRING));
    return lines.executeAndCollect(MORE_THAN_ALL).stream().sorted().toList();
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    return env;
  }

  /** A signal of loss of quality in the third window; its place in the stream must not matter. */
  private static Map<String, DataStream<CauseSignal>> signals(DataStream<GenericRecord> scored) {
    DataStream<CauseSignal> signals =
        scored
            .filter(prediction -> prediction.get("event_id").toString().equals("e200000"))
            .setParallelism(1)
            .map(
                prediction ->
                    new CauseSignal(
                        dev.millrace.drift.detect.Cause.LABEL_COVERAGE,
                        Shop.VERSION,
                        2 * Shop.WINDOW,
                        3 * Shop.WINDOW,
                        Verdict.DRIFT,
                        0.4,
                        "0.9 to 0.5",
                        List.of()))
            .returns(CauseSignal.class);
    return Map.of("signals", signals);
  }

  private static DataStream<IncomingRecord> refunds(
      StreamExecutionEnvironment env, List<GenericRecord> refunds) {
    return events(env, refunds, Shop.REFUND, "at")
        .map(refund -> incoming(refund, (Long) refund.get("at")))
        .returns(IncomingRecord.type(Shop.REFUND));
  }

  private static IncomingRecord incoming(GenericRecord refund, long timeMillis) {
    return IncomingRecord.of(refund, timeMillis, 0, 0);
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

  static String timeless(Alert alert) {
    return "alert " + Alert.newBuilder(alert).setPublishedAt(Instant.EPOCH).build();
  }

  static String timeless(RetrainingTrigger trigger) {
    return "trigger " + RetrainingTrigger.newBuilder(trigger).setPublishedAt(Instant.EPOCH).build();
  }
}
