package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

/** The topology in a mini cluster, from collections to a collection. */
class FeaturesTopologyTest {
  private static final Source PAYMENTS = Cards.PIPELINE.source("payments");
  private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();
  private static final Source VISITS = Cards.PIPELINE.source("visits");
  private static final long START = 1_700_000_000_000L;
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
  void everyEventHasAVectorAtAnyParallelism() throws Exception {
    List<String> alone = run(1);

    assertThat(alone.stream().filter(line -> line.startsWith("vector"))).hasSize(EVENTS);
    assertThat(alone.stream().filter(line -> line.startsWith("row shop"))).isNotEmpty();
    assertThat(alone).contains("dead letter of 7");
    assertThat(cards(run(3))).isEqualTo(cards(alone));
    assertThat(counted("answers_total", "card")).isEqualTo(2 * EVENTS);
    assertThat(counted("answers_total", "visitors")).isEqualTo(2 * (EVENTS - 1));
    assertThat(counted("events_without_entity_total", "shop")).isEqualTo(2);
  }

  /** As in Kafka, the order of events is kept within a card, but not within a shop. */
  private static List<String> cards(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("vector")).toList();
  }

  /** Payments of five cards in time order, one without a shop, and a dead letter. */
  private static List<IncomingRecord> payments() {
    List<IncomingRecord> records = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      long millis = START + 1_000L * i;
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

  private static List<IncomingRecord> visits() {
    GenericData.Record visit = new GenericData.Record(VISITS.schema());
    visit.put("visit_id", 1L);
    visit.put("shop", "s0");
    visit.put("at", START * 1_000);
    visit.put("people", 3);
    return List.of(IncomingRecord.of(visit, START, 0, 0));
  }

  private static List<String> run(int parallelism) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            FeaturesMain.settings(Duration.ofSeconds(10)));
    env.setParallelism(parallelism);
    FeaturesTopology.Outputs outputs =
        new FeaturesTopology(Cards.PIPELINE, GenerationPlan.first(Cards.PIPELINE))
            .build(new Collections(env));
    DataStream<String> lines =
        outputs.vectors().map(FeaturesTopologyTest::line).returns(Types.STRING);
    for (DataStream<DeadLetterRecord> letters : outputs.deadLetters().values()) {
      lines =
          lines.union(
              letters
                  .map(letter -> "dead letter of " + letter.timestampMillis())
                  .returns(Types.STRING));
    }
    for (var view : outputs.rows().entrySet()) {
      String name = "row " + view.getKey().name() + " ";
      lines = lines.union(view.getValue().map(row -> name + row.entity()).returns(Types.STRING));
    }
    return lines.executeAndCollect(MORE_THAN_ALL).stream().sorted().toList();
  }

  private record Collections(StreamExecutionEnvironment env) implements FeaturesTopology.Records {
    @Override
    public List<DataStream<IncomingRecord>> of(Source source) {
      return List.of(
          source.equals(PAYMENTS)
              ? read(env, source, payments()).keyBy(FeaturesTopologyTest::card, Types.STRING)
              : read(env, source, visits()));
    }
  }

  private static DataStream<IncomingRecord> read(
      StreamExecutionEnvironment env, Source source, List<IncomingRecord> records) {
    return env.fromData(records, IncomingRecord.type(source.schema()))
        .setParallelism(1)
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<IncomingRecord>forMonotonousTimestamps()
                .withTimestampAssigner((record, recorded) -> record.eventTimeMillis()))
        .setParallelism(1);
  }

  private static String card(IncomingRecord record) {
    GenericRecord payment = record.value();
    return payment == null ? "" : payment.get("card").toString();
  }

  /** The answer of the lookup by card, whose events are in order. */
  private static String line(Question vector) {
    Part card = Objects.requireNonNull(vector.parts()[0]);
    return "vector %s %s".formatted(vector.eventId(), Arrays.toString(card.features()));
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
