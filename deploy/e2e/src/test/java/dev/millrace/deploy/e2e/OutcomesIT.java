package dev.millrace.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.e2e.expected.ExpectedOutcomes;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Payments that drift, with Flink killed in the middle of the load and again when the alarm has
 * just gone out: each outcome is the one that its prediction and the labels make, and alerts and
 * triggers are neither lost nor repeated under new ids.
 */
class OutcomesIT {
  private static final int PAYMENTS = 14_000;
  private static final int DRIFT_AFTER = 5_000;

  @Test
  void killsOfFlinkChangeNoOutcomeAndNoAlarm(@TempDir Path dir) throws Exception {
    Path file = payments(dir);
    try (RunningPipeline loop = RunningPipeline.start(dir.resolve("platform"), file)) {
      CompletableFuture<Void> load = CompletableFuture.runAsync(() -> simulate(loop, file));
      Await.condition(
          "half of the warm-up",
          RunningPipeline.TIMEOUT,
          () -> loop.metric(Component.INFERENCE, "_predictions_total") > 8_000);
      kill(loop.platform().child(Component.FLINK));
      Await.condition(
          "the alarm",
          RunningPipeline.TIMEOUT.multipliedBy(2),
          () -> alerts(loop).stream().anyMatch(OutcomesIT::isFiring));
      kill(loop.platform().child(Component.FLINK));
      load.join();
      Ledger.Audit audit = loop.awaitNothingLost();
      System.out.println(audit);
      assertThat(audit.kept()).as("%s", audit).isTrue();
      ExpectedOutcomes expected = ExpectedOutcomes.read(loop);
      Await.condition(
          "the outcomes",
          RunningPipeline.TIMEOUT,
          () -> loop.read(Topics.outcomes(loop.pipeline())).size() >= expected.size());
      expected.check();
      checkAlarms(loop);
    }
  }

  private static void simulate(RunningPipeline loop, Path pipeline) {
    try {
      Packaged.run(
          loop.platform(),
          "simulate",
          pipeline.toString(),
          "--events=" + PAYMENTS,
          "--rate=500",
          "--seed=3",
          "--bad-share=0",
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

  private static void kill(ChildProcess child) throws InterruptedException {
    child.killHard();
    child.restart();
    child.awaitReady();
  }

  /** One alert and one trigger id for each thing that the reports say happened. */
  private static void checkAlarms(RunningPipeline loop) {
    List<GenericRecord> alerts = alerts(loop);
    Map<String, GenericRecord> byId = new LinkedHashMap<>();
    for (GenericRecord alert : alerts) {
      GenericRecord before = byId.putIfAbsent(alert.get("id").toString(), alert);
      assertThat(before == null || before.get("at").equals(alert.get("at")))
          .as("one alert id, one change: %s", alert)
          .isTrue();
    }
    Episodes episodes = episodes(loop);
    assertThat(episodes.begun).isPositive();
    assertThat(byId.values().stream().filter(OutcomesIT::isFiring)).hasSize(episodes.begun);
    assertThat(byId.values().stream().filter(alert -> !isFiring(alert))).hasSize(episodes.ended);

    Set<String> triggers = new HashSet<>();
    Set<Object> changes = new HashSet<>();
    for (GenericRecord trigger :
        records(loop, Topics.retrainingTriggers(loop.pipeline()), RetrainingTrigger.SCHEMA$)) {
      triggers.add(trigger.get("id").toString());
      changes.add(trigger.get("at"));
    }
    assertThat(triggers).isNotEmpty().hasSameSizeAs(changes);
    System.out.printf(
        "%d drift episodes, %d alerts under %d ids, %d triggers%n",
        episodes.begun, alerts.size(), byId.size(), triggers.size());
  }

  private record Episodes(int begun, int ended) {}

  /** How often the state turned to DRIFT and away from it, by the newest report of each window. */
  private static Episodes episodes(RunningPipeline loop) {
    Map<Long, String> states = new TreeMap<>();
    for (GenericRecord report :
        records(loop, Topics.driftReports(loop.pipeline()), DriftReport.SCHEMA$)) {
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

  private static List<GenericRecord> alerts(RunningPipeline loop) {
    return records(loop, Topics.alerts(loop.pipeline()), Alert.SCHEMA$);
  }

  private static List<GenericRecord> records(RunningPipeline loop, String topic, Schema schema) {
    AvroDecoder decoder = loop.decoder(topic, schema);
    List<GenericRecord> records = new ArrayList<>();
    loop.read(topic).forEach(record -> records.add(RunningPipeline.decode(decoder, record)));
    return records;
  }

  private static boolean isFiring(GenericRecord alert) {
    return alert.get("status").toString().equals("FIRING");
  }

  /** The example with its model; events wait out a restart of Flink, and few labels are enough. */
  private static Path payments(Path dir) throws IOException {
    Path copy =
        Packaged.copy(Packaged.DISTRIBUTION.home().resolve("examples/payments"), dir.resolve("p"));
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("wait: 5s", "min_labels: 1000");
    return Files.writeString(
        file,
        text.replace("wait: 5s", "wait: forever").replace("min_labels: 1000", "min_labels: 100"));
  }
}
