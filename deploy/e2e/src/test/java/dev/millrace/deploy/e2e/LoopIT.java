package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.orders.BadInput;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
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
import org.apache.kafka.clients.producer.RecordMetadata;
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
 * The packaged services on a real broker and a real registry, started once for all tests. The event
 * time increases from test to test, since the event clock of a partition never decreases.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class LoopIT {
  private OrdersPipeline orders;
  private RunningPipeline running;
  private Shops shops;
  private long baseMillis;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    orders = OrdersPipeline.start(dir);
    running = orders.running();
    shops = orders.shops();
    baseMillis = orders.startMillis();
  }

  @AfterAll
  void stop() {
    if (orders != null) {
      orders.close();
    }
  }

  @AfterEach
  void noUnexpectedExit() {
    orders.requireNoUnexpectedExit();
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> badInputBecomesADeadLetterWithItsReason() throws InterruptedException {
    List<BadInput.Row> rows = BadInput.rows(shops, refund(), baseMillis);
    List<RecordMetadata> sent =
        running.sendAll(
            rows.stream().map(row -> OrdersPipeline.record(null, row.key(), row.value())).toList());
    return Stream.iterate(0, i -> i < rows.size(), i -> i + 1)
        .map(
            i ->
                DynamicTest.dynamicTest(
                    rows.get(i).name(), () -> checkDeadLetter(rows.get(i), sent.get(i))));
  }

  private void checkDeadLetter(BadInput.Row row, RecordMetadata sent) throws InterruptedException {
    row.check(running.awaitDeadLetter(sent));
  }

  @Test
  @Order(2)
  void compatibleSchemasAndKeylessRecordsAreScored() throws InterruptedException {
    // The same partition has dead letters with future times, which must not advance its clock.
    ShopOrder order = ShopOrder.of("sane", "bad-customer", baseMillis);
    orders.send(shops.current(), order);
    orders.send(shops.older(), order.withId("older"));
    orders.send(shops.newer(), order.withId("newer"));
    orders.send(shops.wider(), order.withId("unknown-symbol").withChannel("FAX"));
    running.send(
        OrdersPipeline.record(null, null, shops.current().write(order.withId("null-key"))));
    for (String id : List.of("sane", "older", "newer", "unknown-symbol", "null-key")) {
      GenericRecord prediction = running.awaitPrediction(id);
      assertThat(prediction.get("key")).isEqualTo("bad-customer");
      assertThat(((GenericRecord) prediction.get("slices")).get("channel"))
          .isEqualTo(id.equals("unknown-symbol") ? "OTHER" : "WEB");
    }
  }

  @Test
  @Order(3)
  void lateEventsGoToTheLateTopic() throws InterruptedException {
    ShopOrder late = ShopOrder.of("late", "bad-customer", baseMillis - TimeUnit.HOURS.toMillis(1));
    orders.send(shops.current(), late);
    ConsumerRecord<byte[], byte[]> found =
        Await.value(
            "the late order",
            RunningPipeline.TIMEOUT,
            () -> running.read(Topics.late(running.pipeline())).stream().findFirst().orElse(null));
    assertThat(new String(found.key(), UTF_8)).isEqualTo("bad-customer");
    assertThat(RunningPipeline.header(found, WireHeaders.SOURCE)).isEqualTo("orders");
    Schema schema = running.pipeline().scored().schema();
    String clean = Topics.clean(running.pipeline(), "orders");
    assertThat(RunningPipeline.decode(running.decoder(clean, schema), found))
        .hasToString(late.in(schema).toString());
    assertThat(running.metric(Component.INGEST, "millrace_ingest_events_total", "result=\"late\""))
        .isEqualTo(1);
  }

  @Test
  @Order(4)
  void aRepeatedIdIsPredictedOnce() throws InterruptedException {
    ShopOrder twin = ShopOrder.of("twin", "twin-customer", baseMillis);
    byte[] key = "twin-customer".getBytes(UTF_8);
    byte[] value = shops.current().write(twin);
    int partitions = running.pipeline().partitions();
    int own = OrderStream.partition("twin-customer", partitions);
    running.send(OrdersPipeline.record(null, key, value));
    running.send(OrdersPipeline.record(null, key, value));
    running.send(OrdersPipeline.record((own + 1) % partitions, key, value));
    running.send(OrdersPipeline.record((own + 2) % partitions, null, value));
    Await.condition(
        "three dropped duplicates",
        RunningPipeline.TIMEOUT,
        () ->
            running.metric(Component.INGEST, "millrace_ingest_events_total", "result=\"duplicate\"")
                == 3);
    running.awaitPrediction("twin");
    Ledger.Audit audit = running.awaitNothingLost();
    assertThat(audit.kept()).as("%s", audit).isTrue();
    assertThat(audit.duplicatesDropped()).isEqualTo(3);
    assertThat(audit.late()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"INGEST, 40", "FLINK, 50", "INFERENCE, 60"})
  @Order(5)
  void aKillNeitherLosesNorRepeatsEvents(Component component, int minutesAfter)
      throws InterruptedException {
    String prefix = component.label() + "-";
    List<OrderStream.Sending> sendings =
        orders.orders(prefix, 2_000, Duration.ofMinutes(minutesAfter));
    Load load = Load.start(running, shops.current(), sendings, 200);
    load.awaitHalf();
    ChildProcess child = running.platform().child(component);
    long before = child.pid();
    child.killHard();
    assertThat(child.isAlive()).isFalse();
    child.restart();
    child.awaitReady();
    assertThat(child.pid()).isNotEqualTo(before);
    load.awaitEnd();
    orders.check(prefix, sendings);
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
            running.platform().endpoints().bootstrapServers(),
            running.platform().endpoints().registryUrl(),
            Topics.predictions(running.pipeline()),
            "1");
    assertThat(output).isNotNull();
    JsonNode row = new ObjectMapper().readTree(output);
    assertThat(row.path("model").asText()).isEqualTo("refund");
    assertThat(row.path("role").asText()).isEqualTo("CHAMPION");
    assertThat(row.path("inputs").path("amount").path("value").isDouble()).isTrue();
    assertThat(row.path("inputs").path("amount").path("status").asText()).isEqualTo("PRESENT");
    assertThat(row.path("vector").path("wait").asText()).isEqualTo("ARRIVED");
  }

  @Test
  @Order(7)
  void servicesServeHealthAndMetrics() {
    for (Component service : List.of(Component.INGEST, Component.FLINK, Component.INFERENCE)) {
      for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
        assertThat(running.get(service, path).statusCode())
            .as("%s %s", service, path)
            .isEqualTo(200);
      }
      assertThat(running.get(service, "/metrics").body())
          .as("metrics of %s", service)
          .contains("# TYPE ");
    }
  }

  /** A refund, encoded for the topic of refunds. */
  private byte[] refund() {
    var refunds = running.pipeline().source("refunds");
    GenericRecord refund = new GenericData.Record(refunds.schema());
    refund.put("refund_id", "r1");
    refund.put("order_id", "bad");
    refund.put("customer_id", "bad-customer");
    refund.put("refunded_at", baseMillis);
    return AvroEncoder.forTopic(running.registry(), refunds.topic(), refunds.schema())
        .encode(refund);
  }
}
