package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.NewestRows;
import dev.millrace.deploy.e2e.orders.Load;
import dev.millrace.deploy.e2e.orders.OrderStream;
import dev.millrace.deploy.e2e.orders.OrderWriter;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.InferenceInstance;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code join: repartition} with two instances of inference. Flink is suspended after the rows of
 * the stores were written, so that orders have no vectors and are scored with rows of both
 * instances, of which one is killed.
 */
class RepartitionIT {
  private static final long SEED = Long.getLong("millrace.seed", 1);
  private static final Duration SPAN = Duration.ofMinutes(4);
  private static final int RATE = 100;

  private final long startMillis = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(3);

  @Test
  void ordersAreScoredWithRowsOfTheOtherInstance(@TempDir Path dir) throws Exception {
    System.out.println("millrace.seed=" + SEED);
    Path platform = dir.resolve("platform");
    try (RunningPipeline running = RunningPipeline.start(platform, repartitioned(dir));
        ChildProcess second = InferenceInstance.of(running, dir.resolve("second"))) {
      second.start();
      second.awaitReady();
      load(running, "rows-", 500, Duration.ZERO).awaitEnd();
      assertNothingLost(running);
      Await.condition(
          "rows of most stores",
          RunningPipeline.TIMEOUT,
          () -> NewestRows.read(running, "store").entities() > 10);
      awaitSharedRows(dir);
      ChildProcess flink = running.platform().child(Component.FLINK);
      flink.suspend();
      try {
        NewestRows rows = NewestRows.read(running, "store");
        load(running, "calm-", 500, SPAN).awaitEnd();
        assertNothingLost(running);
        Map<String, Integer> calm = check(running, "calm-", rows);
        assertAnswered(calm);
        printLatency(running);

        Load load = load(running, "kill-", 1_000, SPAN);
        load.awaitShare(0.2);
        second.killHard();
        second.restart();
        second.awaitReady();
        load.awaitEnd();
        assertNothingLost(running);
        Map<String, Integer> killed = check(running, "kill-", rows);
        assertAnswered(killed);
        System.out.printf("without a kill %s, with a kill %s%n", calm, killed);
      } finally {
        flink.resume();
      }
    }
  }

  private Load load(RunningPipeline running, String prefix, int count, Duration afterStart) {
    long fromMillis = startMillis + afterStart.toMillis();
    OrderWriter writer =
        new OrderWriter(
            running.registry(),
            running.pipeline().scored().topic(),
            running.pipeline().scored().schema());
    List<OrderStream.Sending> orders = OrderStream.of(prefix, SEED, count, fromMillis, SPAN);
    return Load.start(running, writer, orders, RATE);
  }

  private static void assertNothingLost(RunningPipeline running) {
    Ledger.Audit audit = running.awaitNothingLost();
    assertThat(audit.kept()).as("%s", audit).isTrue();
  }

  /** On a busy machine some answers come after the bound of two seconds. */
  private static void assertAnswered(Map<String, Integer> results) {
    assertThat(results.keySet()).contains("NOT_AWAITED").isSubsetOf("NOT_AWAITED", "UNANSWERED");
  }

  /** Checks the rows that orders were scored with, and returns the orders by the wait's result. */
  private static Map<String, Integer> check(
      RunningPipeline running, String prefix, NewestRows rows) {
    Map<String, Integer> results = new TreeMap<>();
    int found = 0;
    for (GenericRecord prediction : running.predictions()) {
      String id = prediction.get("event_id").toString();
      if (!id.startsWith(prefix)) {
        continue;
      }
      String result = ((GenericRecord) prediction.get("vector")).get("wait").toString();
      results.merge(result, 1, Integer::sum);
      GenericRecord inputs = (GenericRecord) prediction.get("inputs");
      String store = ((GenericRecord) prediction.get("slices")).get("store_id").toString();
      Object count = ((GenericRecord) inputs.get("store_count_2m")).get("value");
      Object expected =
          result.equals("UNANSWERED")
              ? null
              : rows.find(store, (long) prediction.get("event_time"), "count_2m");
      assertThat(count)
          .as("%s of %s", id, store)
          .isEqualTo(expected == null ? null : ((Number) expected).doubleValue());
      found += count == null ? 0 : 1;
    }
    assertThat(found).isPositive();
    return results;
  }

  /** The metrics are those of one instance; both read answers. */
  private static void printLatency(RunningPipeline running) {
    double count = running.metric(Component.INFERENCE, "row_answer_seconds_count");
    double sum = running.metric(Component.INFERENCE, "row_answer_seconds_sum");
    System.out.printf(
        "%,.0f answers in %.0f ms on average%n", count, TimeUnit.SECONDS.toMillis(1) * sum / count);
    assertThat(count).isPositive();
  }

  /** Each instance has rows of some partitions, so that answers come from both. */
  private static void awaitSharedRows(Path dir) {
    for (String instance : List.of("platform/inference", "second")) {
      Await.condition(
          "rows in " + instance,
          RunningPipeline.TIMEOUT,
          () ->
              Packaged.filesBeneath(dir.resolve(instance)).stream()
                  .anyMatch(file -> file.toString().matches(".*/1_\\d+/.*-entities/.*")));
    }
  }

  private static Path repartitioned(Path dir) throws Exception {
    Path copy =
        Packaged.copy(
            Path.of(RepartitionIT.class.getResource("/e2e").toURI()), dir.resolve("pipeline"));
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("wait: forever", "entity: store_id\n", "slices: [channel]");
    return Files.writeString(
        file,
        text.replace("wait: forever", "wait: 0s")
            .replace(
                "entity: store_id\n", "entity: store_id\n    wait: 0s\n    join: repartition\n")
            .replace("slices: [channel]", "slices: [store_id]"));
  }
}
