package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.SentOrders;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.orders.Shops;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.InferenceInstance;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults that take long, each under load: two instances of inference that come and go, one that is
 * frozen until the other has its partitions, a broker and a registry that are away. After each,
 * every order has ended exactly once, and every served feature equals its recomputation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class FaultsIT {
  private static final long SEED = Long.getLong("millrace.seed", 1);

  /**
   * Longer than Kafka Streams' transaction time-out (10 s) and than its consumers' session time-out
   * (45 s): the frozen instance still holds what it takes for its partitions and its transaction.
   */
  private static final Duration FREEZE = Duration.ofSeconds(55);

  private static final String TOPIC = "orders";
  private static final Duration OUTAGE = Duration.ofSeconds(30);
  private static final Duration BROKER_OUTAGE = Duration.ofSeconds(70);

  /** Of event time, so that nothing of a load is ever late. */
  private static final Duration SPAN = Duration.ofMinutes(4);

  private final long base = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);
  private final SentOrders sent = new SentOrders();

  private RunningPipeline loop;
  private Shops shops;
  private ChildProcess second;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    System.out.println("millrace.seed=" + SEED);
    loop =
        RunningPipeline.start(
            dir.resolve("platform"), Path.of(getClass().getResource("/e2e/pipeline.yaml").toURI()));
    shops =
        Shops.register(
            loop.registry(),
            loop.platform().endpoints().registryUrl(),
            TOPIC,
            loop.pipeline().scored().schema());
    second = InferenceInstance.of(loop, dir.resolve("second"));
  }

  @AfterAll
  void stop() {
    if (second != null) {
      second.close();
    }
    if (loop != null) {
      loop.close();
    }
  }

  @AfterEach
  void nothingCrashed() {
    assertThat(loop.platform().unexpectedExit()).isNotDone();
  }

  @Test
  @Order(1)
  void anInstanceJoinsAndTheOtherIsKilled() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders("join-", 4_000, Duration.ofMinutes(5));
    Load load = Load.start(loop, shops.current(), sendings, 200);
    second.start();
    second.awaitReady();
    load.awaitHalf();
    ChildProcess first = loop.platform().child(Component.INFERENCE);
    first.killHard();
    first.restart();
    first.awaitReady();
    load.awaitEnd();
    check("join-", sendings);
  }

  @Test
  @Order(2)
  void aFrozenInstanceIsFenced() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders("freeze-", 4_000, Duration.ofMinutes(15));
    Load load = Load.start(loop, shops.current(), sendings, 60);
    ChildProcess first = loop.platform().child(Component.INFERENCE);
    first.suspend();
    Await.duration(FREEZE);
    first.resume();
    load.awaitEnd();
    check("freeze-", sendings);
    first.awaitReady();
    second.stop();
  }

  @Test
  @Order(3)
  void aBrokerOutagePausesTheStream() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders("broker-", 3_000, Duration.ofMinutes(25));
    Load load = Load.start(loop, shops.current(), sendings, 40);
    load.awaitShare(0.1);
    ChildProcess broker = loop.platform().child(Component.BROKER);
    broker.stop();
    Await.duration(BROKER_OUTAGE);
    broker.restart();
    broker.awaitReady();
    load.awaitEnd();
    check("broker-", sendings);
    for (Component part : List.of(Component.INGEST, Component.FLINK, Component.INFERENCE)) {
      loop.platform().child(part).awaitReady();
      assertThat(loop.get(part, "/health/live").statusCode()).as("live of %s", part).isEqualTo(200);
    }
  }

  @Test
  @Order(4)
  void registryOutagePausesOnlyWhatNeedsIt() throws InterruptedException {
    OrderWriter latest =
        new OrderWriter(
            loop.registry(),
            TOPIC,
            OrderWriter.newer(shops.wider().schema(), "campaign", "\"string\""));
    long from = base + Duration.ofMinutes(35).toMillis();
    Map<String, Long> deadBefore = deadLetters();
    ChildProcess registry = loop.platform().child(Component.REGISTRY);
    registry.stop();
    long stopped = System.nanoTime();
    // A new schema on every partition, before anything else: known ids must flow on all the same.
    List<String> waiting = new ArrayList<>();
    for (int partition = 0; partition < loop.pipeline().partitions(); partition++) {
      ShopOrder order = ShopOrder.of("unknown-id-" + partition, customerOf(partition), from);
      send(latest, order);
      waiting.add(order.id());
    }
    List<OrderStream.Sending> sendings =
        orders("outage-", 3_000, Duration.ofMinutes(35)).stream()
            .filter(each -> each.order().amount() > 0)
            .toList();
    Load load = Load.start(loop, shops.current(), sendings, 120);
    load.awaitEnd();
    loop.awaitPrediction(sendings.get(sendings.size() - 1).order().id());
    Await.condition(
        "end of the outage",
        OUTAGE.multipliedBy(2),
        () -> System.nanoTime() - stopped >= OUTAGE.toNanos());
    assertThat(deadLetters()).isEqualTo(deadBefore);
    registry.start();
    registry.awaitReady();
    loop.awaitNoLag();
    for (String id : waiting) {
      loop.awaitPrediction(id);
    }
    Ledger.Audit audit = loop.awaitNothingLost();
    System.out.println(audit);
    assertThat(audit.kept()).as("%s", audit).isTrue();
    assertThat(deadLetters()).isEqualTo(deadBefore);
    sent.check(loop, "outage-", sendings);
  }

  private void check(String prefix, List<OrderStream.Sending> sendings)
      throws InterruptedException {
    Ledger.Audit audit = loop.awaitNothingLost();
    System.out.println(audit);
    assertThat(audit.kept()).as("%s", audit).isTrue();
    sent.check(loop, prefix, sendings);
  }

  /** A customer whose orders belong to a partition. */
  private String customerOf(int partition) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "outage-customer-" + i)
        .filter(name -> OrderStream.partition(name, loop.pipeline().partitions()) == partition)
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Long> deadLetters() {
    return loop.deadLetters().stream()
        .collect(
            Collectors.groupingBy(
                letter -> RunningPipeline.header(letter, WireHeaders.ERROR_CODE),
                Collectors.counting()));
  }

  private void send(OrderWriter writer, ShopOrder order) throws InterruptedException {
    byte[] key = String.valueOf(order.customer()).getBytes(UTF_8);
    loop.send(new ProducerRecord<>(TOPIC, key, writer.write(order)));
  }

  private List<OrderStream.Sending> orders(String prefix, int count, Duration after) {
    long from = base + after.toMillis();
    return OrderStream.of(prefix, SEED, loop.pipeline().partitions(), count, from, SPAN);
  }
}
