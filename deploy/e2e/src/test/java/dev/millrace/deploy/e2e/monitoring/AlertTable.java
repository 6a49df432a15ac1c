package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What was done to a platform, and the alerts that it led to. */
public final class AlertTable implements AutoCloseable {
  private static final long REPEAT_MILLIS = 50;

  /** A fault or its end. */
  public interface Action {
    void run() throws Exception;
  }

  private static final class Row {
    private final String how;
    private final long provokedNanos = System.nanoTime();
    private @Nullable ScheduledFuture<?> repetition;
    private long mendedNanos;
    private String firing = "";
    private String resolved = "";

    private Row(String how) {
      this.how = how;
    }
  }

  private final MonitoringStack stack;
  private final AlertReceiver receiver;
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);

  public AlertTable(MonitoringStack stack, AlertReceiver receiver) {
    this.stack = stack;
    this.receiver = receiver;
  }

  /** Provokes an alert by an action that is done once. */
  public void provoke(String alert, String how, Action action) throws Exception {
    rows.put(alert, new Row(how));
    action.run();
  }

  /** Provokes an alert by an action that is repeated until {@link #mend}. */
  public void provokeRepeatedly(String alert, String how, Action action) {
    Row row = new Row(how);
    rows.put(alert, row);
    row.repetition =
        threads.scheduleAtFixedRate(
            () -> {
              try {
                action.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            0,
            REPEAT_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Waits until the webhook has been notified that the alert is firing. */
  public void awaitFiring(String alert) {
    Row row = row(alert);
    row.firing = seconds(row.provokedNanos, awaitNotification(alert, "firing")) + " s";
  }

  /** Waits until Alertmanager has the alert and does not send it because of another one. */
  public void awaitInhibited(String alert) {
    Row row = row(alert);
    Await.condition(alert + " is inhibited", RunningPipeline.TIMEOUT, () -> isInhibited(alert));
    row.firing = seconds(row.provokedNanos, System.nanoTime()) + " s, inhibited";
    row.resolved = "not sent";
  }

  /** Ends a fault. */
  public void mend(String alert, Action action) throws Exception {
    Row row = row(alert);
    if (row.repetition != null) {
      row.repetition.cancel(false);
    }
    row.mendedNanos = System.nanoTime();
    action.run();
  }

  /** Waits until the webhook has been notified that the alert is resolved. */
  public void awaitResolved(String alert) {
    Row row = row(alert);
    row.resolved = seconds(row.mendedNanos, awaitNotification(alert, "resolved")) + " s";
  }

  private Row row(String alert) {
    Row row = rows.get(alert);
    if (row == null) {
      throw new IllegalArgumentException(alert + " was not provoked");
    }
    return row;
  }

  private long awaitNotification(String alert, String status) {
    return Await.value(
            alert + " is " + status,
            RunningPipeline.TIMEOUT,
            () -> receiver.newest(alert, status).orElse(null))
        .atNanos();
  }

  private boolean isInhibited(String alert) throws Exception {
    for (JsonNode each : stack.alertsOfAlertmanager()) {
      if (each.path("labels").path("alertname").asText().equals(alert)) {
        return !each.path("status").path("inhibitedBy").isEmpty();
      }
    }
    return false;
  }

  /** Prints the table, and the alerts that were sent without having been provoked on purpose. */
  public void print() {
    System.out.printf("%-32s %-62s %-16s %s%n", "alert", "provoked by", "firing", "resolved");
    rows.forEach(
        (alert, row) ->
            System.out.printf("%-32s %-62s %-16s %s%n", alert, row.how, row.firing, row.resolved));
    receiver.notifications().stream()
        .map(AlertReceiver.Notification::name)
        .filter(alert -> !rows.containsKey(alert))
        .distinct()
        .forEach(alert -> System.out.printf("%-32s sent as a consequence%n", alert));
  }

  private static String seconds(long fromNanos, long toNanos) {
    // An alert may have been sent before, as a consequence of an earlier fault.
    return "%.1f".formatted(Math.max(0, toNanos - fromNanos) / 1e9);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
