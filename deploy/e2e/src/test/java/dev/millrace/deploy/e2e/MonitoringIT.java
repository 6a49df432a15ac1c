package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.monitoring.AlertReceiver;
import dev.millrace.deploy.e2e.monitoring.AlertTable;
import dev.millrace.deploy.e2e.monitoring.ExpressionCheck;
import dev.millrace.deploy.e2e.monitoring.MonitoredPayments;
import dev.millrace.deploy.e2e.monitoring.MonitoringStack;
import dev.millrace.deploy.e2e.monitoring.Programs;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus and Alertmanager with the shipped files observe payments on the local platform.
 * A fault is provoked, its alert arrives at a webhook, the fault is mended, and the alert is
 * resolved. The durations of the rules are divided by 60.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class MonitoringIT {
  private AlertReceiver receiver;
  private MonitoredPayments payments;
  private RunningPipeline running;
  private MonitoringStack stack;
  private AlertTable table;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    for (String program : List.of("prometheus", "prometheus-alertmanager")) {
      assumeTrue(Programs.has(program), "no " + program);
    }
    receiver = new AlertReceiver();
    payments = MonitoredPayments.start(dir);
    running = payments.running();
    stack =
        MonitoringStack.start(
            Files.createDirectory(dir.resolve("stack")), running.platform(), receiver);
    table = new AlertTable(stack, receiver);
  }

  @AfterAll
  void stop() {
    if (table != null) {
      table.print();
      table.close();
      stack.close();
    }
    if (payments != null) {
      payments.close();
    }
    if (receiver != null) {
      receiver.close();
    }
  }

  @Test
  @Order(1)
  void nothingFiresWhileAllIsWell() throws Exception {
    table.provoke(
        "MillraceDataDrift", "prices rise 20 s after the start of the load", payments::startLoad);
    table.provoke("MillraceRetrainCallFailing", "the webhook for retraining answers 503", () -> {});
    Await.condition(
        "predictions",
        RunningPipeline.TIMEOUT,
        () -> running.metric(Component.INFERENCE, "_predictions_total") > 8_500);
    Await.condition("no alert", RunningPipeline.TIMEOUT, this::isCalm);
  }

  @Test
  @Order(2)
  void badInputAndAnOutageOfTheRegistry() throws Exception {
    ChildProcess registry = running.platform().child(Component.REGISTRY);
    byte[] key = "c-1".getBytes(UTF_8);
    table.provokeRepeatedly(
        "MillraceDeadLetters",
        "records that are not Avro",
        () -> running.sendLater(new ProducerRecord<>("payments", key, key)));
    table.provokeRepeatedly(
        "MillraceLateEvents", "payments of last month", () -> running.sendLater(payments.late()));
    table.provoke(
        "MillraceDeadLettersAfterIngest",
        "a record that is not Avro in the clean topic",
        () ->
            running.send(
                new ProducerRecord<>(Topics.clean(running.pipeline(), "payments"), key, key)));
    table.provoke(
        "MillraceRecordsParked",
        "registry killed, a record with another schema",
        () -> {
          registry.killHard();
          running.send(new ProducerRecord<>("payments", key, new byte[] {0, 119, 0, 0, 0, 1}));
        });
    table.awaitFiring("MillraceDeadLettersAfterIngest");
    table.mend("MillraceDeadLettersAfterIngest", () -> {});
    table.awaitFiring("MillraceRecordsParked");
    table.mend("MillraceRecordsParked", registry::restart);
    for (String alert : List.of("MillraceDeadLetters", "MillraceLateEvents")) {
      table.awaitFiring(alert);
      table.mend(alert, () -> {});
    }
    table.awaitResolved("MillraceDeadLettersAfterIngest");
    table.awaitResolved("MillraceRecordsParked");
    table.awaitResolved("MillraceDeadLetters");
    table.awaitResolved("MillraceLateEvents");
  }

  @Test
  @Order(3)
  void driftAndFailingCallsForRetraining() throws Exception {
    table.awaitFiring("MillraceDataDrift");
    table.mend("MillraceDataDrift", () -> payments.acknowledge("data-drift"));
    table.awaitFiring("MillraceRetrainCallFailing");
    table.provoke(
        "MillraceRetrainTriggerLost",
        "the webhook for retraining answers 422",
        () -> payments.answerTriggersWith(422));
    table.mend("MillraceRetrainCallFailing", () -> {});
    table.awaitFiring("MillraceRetrainTriggerLost");
    payments.answerTriggersWith(200);
    table.mend("MillraceRetrainTriggerLost", () -> {});
    table.awaitResolved("MillraceRetrainCallFailing");
    table.awaitResolved("MillraceDataDrift");
  }

  @Test
  @Order(4)
  void everyExpressionIsValidAndFindsSeries() throws Exception {
    new ExpressionCheck(stack, "payments").check();
  }

  @Test
  @Order(5)
  void aKilledServiceAndTheBacklogAfterIt() throws Exception {
    ChildProcess inference = running.platform().child(Component.INFERENCE);
    table.provoke("MillraceTargetDown", "inference killed", inference::killHard);
    table.provoke("MillraceNoPredictions", "inference killed", () -> {});
    table.provoke("MillraceLatencyBudgetBurnsFast", "the backlog after the kill", () -> {});
    table.awaitFiring("MillraceTargetDown");
    table.awaitInhibited("MillraceNoPredictions");
    table.mend("MillraceTargetDown", inference::restart);
    inference.awaitReady();
    table.awaitResolved("MillraceTargetDown");
    table.awaitFiring("MillraceLatencyBudgetBurnsFast");
    table.mend("MillraceLatencyBudgetBurnsFast", () -> {});
    table.awaitResolved("MillraceLatencyBudgetBurnsFast");
  }

  @Test
  @Order(6)
  void aCancelledJob() throws Exception {
    ChildProcess flink = running.platform().child(Component.FLINK);
    table.provoke("MillraceFlinkJobDown", "drift job cancelled", payments::cancelDriftJob);
    table.provoke("MillraceDriftStalled", "drift job cancelled", () -> {});
    table.awaitFiring("MillraceFlinkJobDown");
    table.awaitInhibited("MillraceDriftStalled");
    table.mend("MillraceFlinkJobDown", flink::restart);
    flink.awaitReady();
    table.awaitResolved("MillraceFlinkJobDown");
  }

  @Test
  @Order(7)
  void missingTargets() throws Exception {
    table.provoke(
        "MillraceComponentMissing",
        "inference is not discovered",
        () -> stack.removeTargets("inference"));
    table.awaitFiring("MillraceComponentMissing");
    table.mend("MillraceComponentMissing", () -> {});
    table.provoke("MillraceAbsent", "nothing is discovered", () -> stack.removeTargets("\\w+"));
    table.awaitFiring("MillraceAbsent");
    table.mend("MillraceAbsent", stack::restoreTargets);
    table.awaitResolved("MillraceComponentMissing");
    table.awaitResolved("MillraceAbsent");
    Await.condition("no alert at the end", RunningPipeline.TIMEOUT, this::isCalm);
  }

  /** Whether Prometheus has no firing alert but those of drift, which the load contains. */
  private boolean isCalm() throws Exception {
    List<String> firing = new ArrayList<>();
    for (JsonNode alert : stack.alertsOfPrometheus()) {
      if (alert.path("state").asText().equals("firing")) {
        firing.add(alert.path("labels").path("alertname").asText());
      }
    }
    firing.removeIf(alert -> alert.endsWith("Drift"));
    return firing.isEmpty();
  }
}
