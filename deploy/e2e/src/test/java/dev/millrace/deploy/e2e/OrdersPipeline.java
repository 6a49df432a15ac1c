package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.SentOrders;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.orders.Shops;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The pipeline of the shops' orders, started once for all tests of a class, and its loads. */
final class OrdersPipeline implements AutoCloseable {
  private static final String TOPIC = "orders";
  private static final long SEED = Long.getLong("millrace.seed", 1);

  /** Event time of a load, shorter than the lateness, so that no order of a load is late. */
  private static final Duration SPAN = Duration.ofMinutes(4);

  private final long startMillis = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);
  private final SentOrders sent = new SentOrders();
  private final RunningPipeline running;
  private final Shops shops;

  private OrdersPipeline(RunningPipeline running, Shops shops) {
    this.running = running;
    this.shops = shops;
  }

  static OrdersPipeline start(Path workDir) throws Exception {
    System.out.println("millrace.seed=" + SEED);
    Path file = Path.of(OrdersPipeline.class.getResource("/e2e/pipeline.yaml").toURI());
    RunningPipeline running = RunningPipeline.start(workDir, file);
    Shops shops =
        Shops.register(
            running.registry(),
            running.platform().endpoints().registryUrl(),
            TOPIC,
            running.pipeline().scored().schema());
    return new OrdersPipeline(running, shops);
  }

  RunningPipeline running() {
    return running;
  }

  Shops shops() {
    return shops;
  }

  /** Event time of the first orders, epoch millis; three hours before the start. */
  long startMillis() {
    return startMillis;
  }

  /** A load of orders, with event times from some time after the start. */
  List<OrderStream.Sending> orders(String prefix, int count, Duration afterStart) {
    long fromMillis = startMillis + afterStart.toMillis();
    return OrderStream.of(prefix, SEED, count, fromMillis, SPAN);
  }

  /** Publishes an order with its key. */
  void send(OrderWriter writer, ShopOrder order) throws InterruptedException {
    byte[] key = String.valueOf(order.customer()).getBytes(UTF_8);
    running.send(record(null, key, writer.write(order)));
  }

  static ProducerRecord<byte[], byte[]> record(
      @Nullable Integer partition, byte @Nullable [] key, byte @Nullable [] value) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(TOPIC, partition, key, value);
    record.headers().add("shop", "corner".getBytes(UTF_8));
    return record;
  }

  /** Checks that every event has ended exactly once, and the predictions of a load. */
  void check(String prefix, List<OrderStream.Sending> sendings) {
    Ledger.Audit audit = running.awaitNothingLost();
    System.out.println(audit);
    assertThat(audit.kept()).as("%s", audit).isTrue();
    sent.check(running, prefix, sendings);
  }

  /** Checks that no process of the platform has exited unexpectedly. */
  void requireNoUnexpectedExit() {
    assertThat(running.platform().unexpectedExit()).isNotDone();
  }

  @Override
  public void close() {
    running.close();
  }
}
