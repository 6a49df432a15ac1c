package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.SentOrders;
import dev.millrace.deploy.e2e.orders.BadInput;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.orders.Shops;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The loop on a real broker, a real registry and the packaged services, started once for all tests.
 * Event time goes on from test to test, since a partition's clock never goes back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class LoopIT {
  private static final long SEED = Long.getLong("millrace.seed", 1);
  private static final String TOPIC = "orders";

  /** So that nothing of a load is ever late, even where the partitions get along unevenly. */
  private static final Duration SPAN = Duration.ofMinutes(4);

  private final long base = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);
  private final SentOrders sent = new SentOrders();

  private RunningPipeline loop;
  private Shops shops;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    System.out.println("millrace.seed=" + SEED);
    loop =
        RunningPipeline.start(dir, Path.of(getClass().getResource("/e2e/pipeline.yaml").toURI()));
    shops =
        Shops.register(
            loop.registry(),
            loop.platform().endpoints().registryUrl(),
            TOPIC,
            loop.pipeline().scored().schema());
  }

  @AfterAll
  void stop() {
    if (loop != null) {
      loop.close();
    }
  }

  @AfterEach
  void nothingCrashed() {
    assertThat(loop.platform().unexpectedExit()).isNotDone();
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> badInputDiesWithItsReason() throws InterruptedException {
    List<BadInput.Row> rows = BadInput.rows(shops, refund(), base);
    List<RecordMetadata> sent =
        loop.sendAll(rows.stream().map(row -> record(null, row.key(), row.value())).toList());
    return Stream.iterate(0, i -> i < rows.size(), i -> i + 1)
        .map(
            i -> DynamicTest.dynamicTest(rows.get(i).name(), () -> died(rows.get(i), sent.get(i))));
  }

  private void died(BadInput.Row row, RecordMetadata sent) throws InterruptedException {
    row.check(loop.awaitDeadLetter(sent));
  }

  @Test
  @Order(2)
  void compatibleSchemasAndKeylessRecordsAreScored() throws InterruptedException {
    // On the partition whose clock the dead letters of the future must not have moved.
    ShopOrder order = ShopOrder.of("sane", "bad-customer", base);
    send(shops.current(), order);
    send(shops.older(), order.withId("older"));
    send(shops.newer(), order.withId("newer"));
    send(shops.wider(), order.withId("unknown-symbol").withChannel("FAX"));
    loop.send(record(null, null, shops.current().write(order.withId("null-key"))));
    for (String id : List.of("sane", "older", "newer", "unknown-symbol", "null-key")) {
      GenericRecord prediction = loop.awaitPrediction(id);
      assertThat(prediction.get("key")).isEqualTo("bad-customer");
      assertThat(((GenericRecord) prediction.get("slices")).get("channel"))
          .isEqualTo(id.equals("unknown-symbol") ? "OTHER" : "WEB");
    }
  }

  @Test
  @Order(3)
  void lateEventsGoToTheLateTopic() throws InterruptedException {
    ShopOrder late = ShopOrder.of("late", "bad-customer", base - TimeUnit.HOURS.toMillis(1));
    send(shops.current(), late);
    ConsumerRecord<byte[], byte[]> found =
        Await.value(
            "the late order",
            RunningPipeline.TIMEOUT,
            () -> loop.read(Topics.late(loop.pipeline())).stream().findFirst().orElse(null));
    assertThat(new String(found.key(), UTF_8)).isEqualTo("bad-customer");
    assertThat(RunningPipeline.header(found, WireHeaders.SOURCE)).isEqualTo("orders");
    Schema schema = loop.pipeline().scored().schema();
    String clean = Topics.clean(loop.pipeline(), "orders");
    assertThat(RunningPipeline.decode(loop.decoder(clean, schema), found))
        .hasToString(late.in(schema).toString());
    assertThat(loop.metric(Component.INGEST, "millrace_ingest_events_total", "result=\"late\""))
        .isEqualTo(1);
  }

  @Test
  @Order(4)
  void anIdSeenBeforeIsPredictedOnce() throws InterruptedException {
    ShopOrder twin = ShopOrder.of("twin", "twin-customer", base);
    byte[] key = "twin-customer".getBytes(UTF_8);
    byte[] value = shops.current().write(twin);
    int partitions = loop.pipeline().partitions();
    int own = OrderStream.partition("twin-customer", partitions);
    loop.send(record(null, key, value));
    loop.send(record(null, key, value));
    loop.send(record((own + 1) % partitions, key, value));
    loop.send(record((own + 2) % partitions, null, value));
    Await.condition(
        "three dropped duplicates",
        RunningPipeline.TIMEOUT,
        () ->
            loop.metric(Component.INGEST, "millrace_ingest_events_total", "result=\"duplicate\"")
                == 3);
    loop.awaitPrediction("twin");
    Ledger.Audit audit = loop.awaitNothingLost();
    assertThat(audit.kept()).as("%s", audit).isTrue();
    assertThat(audit.duplicatesDropped()).isEqualTo(3);
    assertThat(audit.late()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"INGEST, 40", "FLINK, 50", "INFERENCE, 60"})
  @Order(5)
  void killedPartLosesAndDoublesNothing(Component part, int minutesAfter)
      throws InterruptedException {
    String prefix = part.label() + "-";
    List<OrderStream.Sending> sendings = orders(prefix, 4_000, Duration.ofMinutes(minutesAfter));
    Load load = Load.start(loop, shops.current(), sendings, 400);
    load.awaitHalf();
    ChildProcess child = loop.platform().child(part);
    long before = child.pid();
    child.killHard();
    assertThat(child.isAlive()).isFalse();
    child.restart();
    child.awaitReady();
    assertThat(child.pid()).isNotEqualTo(before);
    load.awaitEnd();
    Ledger.Audit audit = loop.awaitNothingLost();
    System.out.println(audit);
    assertThat(audit.kept()).as("%s", audit).isTrue();
    sent.check(loop, prefix, sendings);
  }

  @Test
  @Order(6)
  void confluentsPythonClientReadsPredictions() throws IOException, InterruptedException {
    assumeTrue(
        Packaged.output("/usr/bin/python3", "-c", "import confluent_kafka.avro") != null,
        "no confluent_kafka.avro for /usr/bin/python3");
    String output =
        Packaged.output(
            "/usr/bin/python3",
            Packaged.DISTRIBUTION.home().resolve("examples/consume.py").toString(),
            loop.platform().endpoints().bootstrapServers(),
            loop.platform().endpoints().registryUrl(),
            Topics.predictions(loop.pipeline()),
            "1");
    assertThat(output).isNotNull();
    JsonNode row = new ObjectMapper().readTree(output);
    assertThat(row.path("model").asText()).isEqualTo("refund");
    assertThat(row.path("role").asText()).isEqualTo("CHAMPION");
    assertThat(row.path("inputs").path("amount").path("value").isDouble()).isTrue();
    assertThat(row.path("inputs").path("amount").path("status").asText()).isEqualTo("PRESENT");
    assertThat(row.path("views").path("customer").path("row").path("event_id"))
        .isEqualTo(row.path("event_id"));
  }

  @Test
  @Order(7)
  void servicesTellTheirHealthAndMetrics() {
    for (Component part : List.of(Component.INGEST, Component.FLINK, Component.INFERENCE)) {
      for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
        assertThat(loop.get(part, path).statusCode()).as("%s %s", part, path).isEqualTo(200);
      }
      assertThat(loop.get(part, "/metrics").body()).as("metrics of %s", part).contains("# TYPE ");
    }
  }

  private List<OrderStream.Sending> orders(String prefix, int count, Duration after) {
    long from = base + after.toMillis();
    return OrderStream.of(prefix, SEED, loop.pipeline().partitions(), count, from, SPAN);
  }

  private void send(OrderWriter writer, ShopOrder order) throws InterruptedException {
    byte[] key = String.valueOf(order.customer()).getBytes(UTF_8);
    loop.send(record(null, key, writer.write(order)));
  }

  private static ProducerRecord<byte[], byte[]> record(
      @Nullable Integer partition, byte @Nullable [] key, byte @Nullable [] value) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(TOPIC, partition, key, value);
    record.headers().add("shop", "corner".getBytes(UTF_8));
    return record;
  }

  /** A refund, encoded for the topic of refunds. */
  private byte[] refund() {
    var refunds = loop.pipeline().source("refunds");
    GenericRecord refund = new GenericData.Record(refunds.schema());
    refund.put("refund_id", "r1");
    refund.put("order_id", "bad");
    refund.put("customer_id", "bad-customer");
    refund.put("refunded_at", base);
    return AvroEncoder.forTopic(loop.registry(), refunds.topic(), refunds.schema()).encode(refund);
  }
}
