package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * Faults that last for some time, under load: a second instance of inference and a kill of the
 * first, an instance that is suspended until the other has its partitions, a broker outage and a
 * registry outage. After each, every order has ended exactly once, and every served feature equals
 * its recomputation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class FaultsIT {
  /**
   * Longer than the session timeout of the services' consumers (10 s), and than their transaction
   * timeout (30 s) with the interval at which the broker looks for expired transactions (10 s): the
   * instance resumes with partitions and a transaction that it has lost.
   */
  private static final Duration FREEZE = Duration.ofSeconds(45);

  private static final Duration OUTAGE = Duration.ofSeconds(30);
  private static final Duration BROKER_OUTAGE = Duration.ofSeconds(70);

  private OrdersPipeline orders;
  private RunningPipeline running;
  private Shops shops;
  private ChildProcess second;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    orders = OrdersPipeline.start(dir.resolve("platform"));
    running = orders.running();
    shops = orders.shops();
    second = InferenceInstance.of(running, dir.resolve("second"));
  }

  @AfterAll
  void stop() {
    if (second != null) {
      second.close();
    }
    if (orders != null) {
      orders.close();
    }
  }

  @AfterEach
  void noUnexpectedExit() {
    orders.requireNoUnexpectedExit();
  }

  @Test
  @Order(1)
  void anInstanceJoinsAndTheOtherIsKilled() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders.orders("join-", 2_000, Duration.ofMinutes(5));
    Load load = Load.start(running, shops.current(), sendings, 100);
    second.start();
    second.awaitReady();
    load.awaitHalf();
    ChildProcess first = running.platform().child(Component.INFERENCE);
    first.killHard();
    first.restart();
    first.awaitReady();
    load.awaitEnd();
    orders.check("join-", sendings);
  }

  @Test
  @Order(2)
  void aSuspendedInstanceIsFenced() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders.orders("freeze-", 1_500, Duration.ofMinutes(15));
    Load load = Load.start(running, shops.current(), sendings, 30);
    ChildProcess first = running.platform().child(Component.INFERENCE);
    first.suspend();
    Await.duration(FREEZE);
    first.resume();
    load.awaitEnd();
    orders.check("freeze-", sendings);
    first.awaitReady();
    second.stop();
  }

  @Test
  @Order(3)
  void aBrokerOutagePausesTheStream() throws InterruptedException {
    List<OrderStream.Sending> sendings = orders.orders("broker-", 1_500, Duration.ofMinutes(25));
    Load load = Load.start(running, shops.current(), sendings, 20);
    load.awaitShare(0.1);
    ChildProcess broker = running.platform().child(Component.BROKER);
    broker.stop();
    Await.duration(BROKER_OUTAGE);
    broker.restart();
    broker.awaitReady();
    load.awaitEnd();
    orders.check("broker-", sendings);
    for (Component part : List.of(Component.INGEST, Component.FLINK, Component.INFERENCE)) {
      running.platform().child(part).awaitReady();
      assertThat(running.get(part, "/health/live").statusCode())
          .as("live of %s", part)
          .isEqualTo(200);
    }
  }

  @Test
  @Order(4)
  void aRegistryOutagePausesOnlyUnknownSchemas() throws InterruptedException {
    OrderWriter latest =
        new OrderWriter(
            running.registry(),
            running.pipeline().scored().topic(),
            OrderWriter.newer(shops.wider().schema(), "campaign", "\"string\""));
    long fromMillis = orders.startMillis() + Duration.ofMinutes(35).toMillis();
    Map<String, Long> deadBefore = deadLetters();
    ChildProcess registry = running.platform().child(Component.REGISTRY);
    registry.stop();
    long stopped = System.nanoTime();
    // A new schema on every partition first: records with known schemas must not wait for it.
    List<String> waiting = new ArrayList<>();
    for (int partition = 0; partition < running.pipeline().partitions(); partition++) {
      ShopOrder order = ShopOrder.of("unknown-id-" + partition, customerOf(partition), fromMillis);
      orders.send(latest, order);
      waiting.add(order.id());
    }
    List<OrderStream.Sending> sendings =
        orders.orders("outage-", 1_500, Duration.ofMinutes(35)).stream()
            .filter(each -> each.order().amount() > 0)
            .toList();
    Load load = Load.start(running, shops.current(), sendings, 60);
    load.awaitEnd();
    running.awaitPrediction(sendings.get(sendings.size() - 1).order().id());
    Await.condition(
        "end of the outage",
        OUTAGE.multipliedBy(2),
        () -> System.nanoTime() - stopped >= OUTAGE.toNanos());
    assertThat(deadLetters()).isEqualTo(deadBefore);
    registry.start();
    registry.awaitReady();
    running.awaitNoLag();
    for (String id : waiting) {
      running.awaitPrediction(id);
    }
    orders.check("outage-", sendings);
    assertThat(deadLetters()).isEqualTo(deadBefore);
  }

  /** A customer whose orders are on a partition. */
  private String customerOf(int partition) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "outage-customer-" + i)
        .filter(name -> OrderStream.partition(name, running.pipeline().partitions()) == partition)
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Long> deadLetters() {
    return running.deadLetters().stream()
        .collect(
            Collectors.groupingBy(
                letter -> RunningPipeline.header(letter, WireHeaders.ERROR_CODE),
                Collectors.counting()));
  }
}
