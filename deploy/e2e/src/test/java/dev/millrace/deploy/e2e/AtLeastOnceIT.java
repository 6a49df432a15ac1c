package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.orders.ShopOrder;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code guarantee: at_least_once} under load; ingest, inference and Flink are killed. No order is
 * lost, and an order is predicted twice only after a kill.
 */
class AtLeastOnceIT {
  private static final long SEED = Long.getLong("millrace.seed", 1);
  private static final List<Component> KILLED =
      List.of(Component.INGEST, Component.INFERENCE, Component.FLINK);
  private static final int ORDERS = 3_000;

  @Test
  void aKillLosesNoEventAndRepeatsOnlyUncommittedPredictions(@TempDir Path dir) throws Exception {
    System.out.println("millrace.seed=" + SEED);
    try (RunningPipeline running =
        RunningPipeline.start(dir.resolve("platform"), atLeastOnce(dir))) {
      long fromMillis = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);
      List<OrderStream.Sending> sendings =
          OrderStream.of("order-", SEED, ORDERS, fromMillis, Duration.ofMinutes(4));
      OrderWriter writer =
          new OrderWriter(
              running.registry(),
              running.pipeline().scored().topic(),
              running.pipeline().scored().schema());
      Load load = Load.start(running, writer, sendings, 150);
      load.awaitShare(0.2);
      long firstKill = System.currentTimeMillis();
      for (Component component : KILLED) {
        ChildProcess child = running.platform().child(component);
        child.killHard();
        child.restart();
        child.awaitReady();
      }
      load.awaitEnd();
      Ledger.Audit audit = running.awaitNothingLost();
      System.out.println(audit);
      assertThat(audit.keptAtLeastOnce()).as("%s", audit).isTrue();
      checkPredictions(running.predictions(), valid(sendings), firstKill);
    }
  }

  private static void checkPredictions(
      List<GenericRecord> predictions, Set<String> expected, long firstKill) {
    Map<String, Long> firstScored = new HashMap<>();
    for (GenericRecord prediction : predictions) {
      String id = prediction.get("event_id").toString();
      long scored = (Long) prediction.get("scored_at");
      Long before = firstScored.putIfAbsent(id, scored);
      if (before != null) {
        assertThat(scored).as("repeated prediction of %s", id).isGreaterThanOrEqualTo(firstKill);
      }
    }
    assertThat(firstScored.keySet()).isEqualTo(expected);
    System.out.printf(
        "%,d predictions of %,d orders, at least once%n", predictions.size(), expected.size());
  }

  private static Set<String> valid(List<OrderStream.Sending> sendings) {
    return sendings.stream()
        .map(OrderStream.Sending::order)
        .filter(order -> order.amount() > 0)
        .map(ShopOrder::id)
        .collect(Collectors.toSet());
  }

  private static Path atLeastOnce(Path dir) throws Exception {
    Path copy =
        Packaged.copy(
            Path.of(AtLeastOnceIT.class.getResource("/e2e").toURI()), dir.resolve("pipeline"));
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("name: orders\n").doesNotContain("guarantee:");
    return Files.writeString(
        file, text.replace("name: orders\n", "name: orders\nguarantee: at_least_once\n"));
  }
}
