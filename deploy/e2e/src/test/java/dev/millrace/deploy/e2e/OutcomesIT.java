package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.BacktestCheck;
import dev.millrace.deploy.e2e.expected.DatasetCheck;
import dev.millrace.deploy.e2e.expected.ExpectedOutcomes;
import dev.millrace.deploy.e2e.expected.ShadowCheck;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.e2e.pipeline.StandaloneFlink;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Payments with drift. Flink's process is killed during the load, and a JobManager and two
 * TaskManagers, with Flink alone on their class path, continue its jobs, which are submitted with
 * {@code millrace submit} and rescaled from 1 to 3. After the first alert one TaskManager is
 * killed, then the JobManager, then all, and Flink runs in one process again. Each outcome equals
 * the join of its prediction and label, and alerts and triggers are neither lost nor repeated under
 * new ids. A backtest gives the same reports. The outcomes make a data set that can be built again.
 * A shadow scores the same payments.
 */
class OutcomesIT {
  private static final int PAYMENTS = 9_000;
  private static final int DRIFT_AFTER = 2_500;

  /** Half of the default, and half of the customers and merchants. */
  private static final int PER_DAY = 1_000;

  /** Causes that are in the state of a drift report. */
  private static final Pattern OF_WINDOWS =
      Pattern.compile(
          "/(data-drift|prediction-drift|data-quality|unseen-categories|missing-features|freshness)$");

  @Test
  void killsOfFlinkDoNotChangeOutcomesAndAlarms(@TempDir Path dir) throws Exception {
    Path file = payments(dir);
    try (RunningPipeline running = RunningPipeline.start(dir.resolve("platform"), file)) {
      CompletableFuture<Void> load = CompletableFuture.runAsync(() -> simulate(running, file));
      Await.condition(
          "half of the warm-up",
          RunningPipeline.TIMEOUT,
          () -> running.metric(Component.INFERENCE, "_predictions_total") > 4_000);
      ChildProcess flink = running.platform().child(Component.FLINK);
      flink.killHard();
      try (StandaloneFlink cluster =
          StandaloneFlink.start(running.platform(), dir.resolve("flink"))) {
        Path state = StandaloneFlink.stateOf(dir.resolve("platform"));
        cluster.submit(file, state, 1);
        cluster.rescale(file, state, 3);
        Await.condition(
            "the alarm",
            RunningPipeline.TIMEOUT.multipliedBy(2),
            () -> alerts(running).stream().anyMatch(OutcomesIT::isFiring));
        cluster.killTaskManager();
        cluster.killJobManager(file, state, 3);
      }
      flink.restart();
      flink.awaitReady();
      load.join();
      Ledger.Audit audit = running.awaitNothingLost();
      System.out.println(audit);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      ExpectedOutcomes expected = ExpectedOutcomes.read(running);
      Await.condition(
          "the outcomes",
          RunningPipeline.TIMEOUT,
          () -> running.read(Topics.outcomes(running.pipeline())).size() >= expected.size());
      expected.check();
      new ShadowCheck(running).check();
      // Windows wait for labels until these have been silent for half a minute.
      Await.condition(
          "a trigger",
          RunningPipeline.TIMEOUT,
          () -> !running.read(Topics.retrainingTriggers(running.pipeline())).isEmpty());
      checkAlarms(running);
      int reports = new BacktestCheck(running).check(dir);
      assertThat(reports).isGreaterThan(1);
      System.out.printf("%d drift reports equal those of a backtest%n", reports);
      new DatasetCheck(running, Files.createDirectory(dir.resolve("datasets")))
          .check(expected.size());
    }
  }

  private static void simulate(RunningPipeline running, Path pipeline) {
    try {
      Packaged.run(
          running.platform(),
          "simulate",
          pipeline.toString(),
          "--events=" + PAYMENTS,
          "--rate=500",
          "--seed=3",
          "--bad-share=0",
          "--payments-per-day=" + PER_DAY,
          "--customers=" + PER_DAY,
          "--merchants=" + PER_DAY,
          "--warm-up=8d",
          "--warm-up-rate=700",
          "--drift=price-shift",
          "--drift-after=" + DRIFT_AFTER);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Checks one alert id and one trigger id for each change in the reports. */
  private static void checkAlarms(RunningPipeline running) {
    List<GenericRecord> alerts = alerts(running);
    Map<String, GenericRecord> byId = new LinkedHashMap<>();
    for (GenericRecord alert : alerts) {
      GenericRecord before = byId.putIfAbsent(alert.get("id").toString(), alert);
      assertThat(before == null || before.get("at").equals(alert.get("at")))
          .as("one alert id, one change: %s", alert)
          .isTrue();
    }
    Episodes episodes = episodes(running);
    assertThat(episodes.begun).isPositive();
    assertThat(episodesOf(byId.values())).isEqualTo(episodes);

    Set<String> triggers = new HashSet<>();
    Set<Object> changes = new HashSet<>();
    for (GenericRecord trigger :
        records(
            running, Topics.retrainingTriggers(running.pipeline()), RetrainingTrigger.SCHEMA$)) {
      triggers.add(trigger.get("id").toString());
      changes.add(trigger.get("at"));
    }
    assertThat(triggers).isNotEmpty().hasSameSizeAs(changes);
    System.out.printf(
        "%d drift episodes, %d alerts under %d ids, %d triggers%n",
        episodes.begun, alerts.size(), byId.size(), triggers.size());
  }

  private record Episodes(int begun, int ended) {}

  /** The times in which an alert about windows is firing, of any cause. */
  private static Episodes episodesOf(Collection<GenericRecord> alerts) {
    Map<Object, Integer> changes = new TreeMap<>();
    alerts.stream()
        .filter(alert -> OF_WINDOWS.matcher(alert.get("key").toString()).find())
        .forEach(alert -> changes.merge(alert.get("at"), isFiring(alert) ? 1 : -1, Integer::sum));
    int begun = 0;
    int ended = 0;
    int firing = 0;
    for (int change : changes.values()) {
      begun += firing == 0 && change > 0 ? 1 : 0;
      ended += firing > 0 && firing + change == 0 ? 1 : 0;
      firing += change;
    }
    return new Episodes(begun, ended);
  }

  /** The number of changes to and from the state DRIFT, by the newest report of each window. */
  private static Episodes episodes(RunningPipeline running) {
    Map<Long, String> states = new TreeMap<>();
    for (GenericRecord report :
        records(running, Topics.driftReports(running.pipeline()), DriftReport.SCHEMA$)) {
      states.put((Long) report.get("window_start"), report.get("state").toString());
    }
    int begun = 0;
    int ended = 0;
    boolean drifted = false;
    for (String state : states.values()) {
      boolean drifts = state.equals("DRIFT");
      begun += drifts && !drifted ? 1 : 0;
      ended += drifted && !drifts ? 1 : 0;
      drifted = drifts;
    }
    return new Episodes(begun, ended);
  }

  private static List<GenericRecord> alerts(RunningPipeline running) {
    return records(running, Topics.alerts(running.pipeline()), Alert.SCHEMA$);
  }

  private static List<GenericRecord> records(RunningPipeline running, String topic, Schema schema) {
    AvroDecoder decoder = running.decoder(topic, schema);
    List<GenericRecord> records = new ArrayList<>();
    running.read(topic).forEach(record -> records.add(RunningPipeline.decode(decoder, record)));
    return records;
  }

  private static boolean isFiring(GenericRecord alert) {
    return alert.get("status").toString().equals("FIRING");
  }

  /** The example with its model; events wait without a limit, and a trigger needs 100 labels. */
  private static Path payments(Path dir) throws IOException {
    Path copy =
        Packaged.copy(Packaged.DISTRIBUTION.home().resolve("examples/payments"), dir.resolve("p"));
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("wait: 5s", "min_labels: 1000");
    ShadowCheck.copyOfModel(copy.resolve("model"), copy.resolve("shadow"));
    return Files.writeString(
        file,
        text.replace("wait: 5s", "wait: forever")
            .replace("min_labels: 1000", "min_labels: 100")
            .replace("  path: model\n", "  path: model\n  shadow: shadow\n"));
  }
}
