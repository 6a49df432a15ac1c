package dev.millrace.deploy.demo;

import dev.millrace.deploy.audit.Ledger;
import java.util.ArrayList;
import java.util.List;

/** The last lines of the demo. */
final class DemoSummary {
  private DemoSummary() {}

  /**
   * The lines.
   *
   * @param rate whether the requested rate was sustained
   */
  static List<String> lines(DemoReport report, Ledger.Audit audit, String rate) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    report.alerts().forEach(alert -> lines.add(alert.toPrettyString()));
    report.triggers().forEach(trigger -> lines.add(trigger.toPrettyString()));
    lines.add("");
    lines.add("Counted in the topics (read_committed):");
    lines.add(row("first prediction", "%.1f s after the start".formatted(report.startupSeconds())));
    lines.add(row("events", "%,d".formatted(report.events())));
    lines.add(row("predictions", "%,d".formatted(report.predictions())));
    lines.add(row("dead letters", report.deadLetters().toString()));
    lines.add(row("late", "%,d".formatted(report.late())));
    lines.add(row("duplicates dropped", "%,d".formatted(report.duplicatesDropped())));
    lines.add(row("lost", "%,d".formatted(report.lost())));
    lines.add(row("predicted twice", "%,d".formatted(report.duplicatePredictions())));
    lines.add(row("ended twice", "%,d".formatted(report.endedTwice())));
    lines.add(
        row(
            "latency",
            "p50 %,d ms, p99 %,d ms, after the warm-up"
                .formatted(report.latencyMillis().p50(), report.latencyMillis().p99())));
    lines.add(row("rate", rate));
    lines.add(row("drift", drift(report.drift())));
    audit.examples().forEach(example -> lines.add("  " + example));
    return lines;
  }

  private static String drift(DemoReport.Drift drift) {
    if (drift.injectedAt() == null) {
      return "not started";
    }
    String alarms = "%d false alarms before".formatted(drift.falseAlarms());
    return drift.detectedAt() == null
        ? "since %s, not detected; %s".formatted(drift.injectedAt(), alarms)
        : "since %s, detected at %s (window %d) in %s; %s"
            .formatted(
                drift.injectedAt(),
                drift.detectedAt(),
                drift.windows(),
                String.join(", ", drift.features()),
                alarms);
  }

  private static String row(String name, String value) {
    return "  %-20s %s".formatted(name, value);
  }
}
