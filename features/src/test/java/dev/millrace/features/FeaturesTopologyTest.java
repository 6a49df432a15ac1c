package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.operator.FeatureRow;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The topology of one source in a mini cluster, from a collection to a collection. */
class FeaturesTopologyTest {
  private static final Source PAYMENTS = Cards.PIPELINE.source("payments");
  private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();
  private static final int EVENTS = 300;
  private static final int MORE_THAN_ALL = 10 * EVENTS;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(METRICS.addToConfiguration(new Configuration()))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @Test
  void everyViewHasARowForEachEventAtAnyParallelism() throws Exception {
    List<String> alone = run(1);

    assertThat(alone.stream().filter(line -> line.startsWith("card"))).hasSize(EVENTS);
    assertThat(alone.stream().filter(line -> line.startsWith("shop"))).hasSize(EVENTS - 1);
    assertThat(alone).contains("dead letter of 7");
    assertThat(rowsOfCards(run(3))).isEqualTo(rowsOfCards(alone));
    assertThat(counted("rows_total", "card")).isEqualTo(2 * EVENTS);
    assertThat(counted("events_without_entity_total", "shop")).isEqualTo(2);
  }

  /** As in Kafka, the order of events is kept within a card, but not within a shop. */
  private static List<String> rowsOfCards(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("card")).toList();
  }

  /** Payments of five cards in time order, one without a shop, and a dead letter. */
  private static List<IncomingRecord> records() {
    List<IncomingRecord> records = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      long millis = 1_700_000_000_000L + 1_000L * i;
      GenericData.Record payment = new GenericData.Record(PAYMENTS.schema());
      payment.put("payment_id", "p" + i);
      payment.put("card", "c" + i % 5);
      payment.put("shop", i == 9 ? null : "s" + i % 3);
      payment.put("paid_at", millis);
      payment.put("amount", 1.5 * i);
      records.add(IncomingRecord.of(payment, millis, 0, i));
    }
    DeadLetterRecord letter = new DeadLetterRecord(null, new byte[] {1}, 7, List.of());
    records.add(new IncomingRecord(null, letter, null, 7, false, 0, EVENTS));
    return records;
  }

  private static List<String> run(int parallelism) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            FeaturesMain.settings(Duration.ofSeconds(10)));
    env.setParallelism(parallelism);
    DataStream<IncomingRecord> records =
        env.fromData(records(), IncomingRecord.type(PAYMENTS.schema()))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<IncomingRecord>forMonotonousTimestamps()
                    .withTimestampAssigner((record, recorded) -> record.eventTimeMillis()))
            .setParallelism(1);
    FeaturesTopology.Outputs outputs =
        new FeaturesTopology(Cards.PIPELINE, PAYMENTS)
            .build(records.keyBy(FeaturesTopologyTest::card, Types.STRING));
    DataStream<String> lines =
        outputs
            .deadLetters()
            .map(letter -> "dead letter of " + letter.timestampMillis())
            .returns(Types.STRING);
    for (var view : outputs.rows().entrySet()) {
      String name = view.getKey().name();
      lines = lines.union(view.getValue().map(row -> line(name, row)).returns(Types.STRING));
    }
    return lines.executeAndCollect(MORE_THAN_ALL).stream()
        .filter(line -> !line.contains("tombstone"))
        .sorted()
        .toList();
  }

  private static String card(IncomingRecord record) {
    GenericRecord payment = record.value();
    return payment == null ? "" : payment.get("card").toString();
  }

  private static String line(String view, FeatureRow row) {
    return row.isTombstone()
        ? view + " tombstone"
        : "%s %s %s".formatted(view, row.eventId(), Arrays.toString(row.features()));
  }

  private static long counted(String name, String view) {
    long sum = 0;
    for (var group : METRICS.getMetricsByGroup().entrySet()) {
      MetricGroup labels = group.getKey();
      Metric metric = group.getValue().get(name);
      if (metric instanceof Counter counter
          && view.equals(labels.getAllVariables().get("<view>"))
          && "cards".equals(labels.getAllVariables().get("<pipeline>"))) {
        sum += counter.getCount();
      }
    }
    return sum;
  }
}
