package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.RetrainingTrigger;
import java.time.Duration;

/** The episodes with their cause and evidence, and the requests to retrain. */
final class EpisodeList {
  private final DriftRun run;
  private final Duration window;

  EpisodeList(DriftRun run) {
    this.run = run;
    this.window = run.drift().window();
  }

  String html() {
    Html html = new Html().raw("<h2 id=\"alarms\">What would have alarmed, when and why</h2>");
    if (run.alerts().isEmpty()) {
      html.raw("<p>Nothing would have alarmed.</p>");
    }
    for (Alert alert : run.alerts()) {
      html.raw(alert(alert));
    }
    for (RetrainingTrigger trigger : run.triggers()) {
      html.add(
          "<p><b>%s, retraining</b> (%s): %s</p>",
          Texts.time(trigger.getAt(), window), trigger.getCause(), trigger.getMessage());
    }
    return html.toString();
  }

  private String alert(Alert alert) {
    boolean firing = alert.getStatus() == AlertStatus.FIRING;
    Html html =
        new Html()
            .add(
                "<p><b class=\"%s\">%s, %s</b>: %s</p>",
                firing ? "drift-text" : "",
                Texts.time(alert.getAt(), window),
                Alerts.heading(alert, window),
                alert.getMessage());
    if (firing && !alert.getEvidence().isEmpty()) {
      html.raw(evidence(alert));
      run.reports().stream()
          .filter(report -> isOf(alert, report))
          .forEach(report -> html.raw(new DistributionPlots(report, alert, window).html()));
    }
    return html.toString();
  }

  /** Whether a report is of the window that the alert is about, or of a slice of it. */
  private static boolean isOf(Alert alert, DriftReport report) {
    String slice = report.getSlice();
    return report.getId().equals(alert.getReport() + (slice.isEmpty() ? "" : "/" + slice));
  }

  private static String evidence(Alert alert) {
    Html html =
        new Html()
            .raw("<div class=\"scroll\"><table><thead><tr><th>feature</th><th>test</th>")
            .raw("<th class=\"number\">statistic</th><th class=\"number\">p</th>")
            .raw("<th class=\"number\">effect</th><th class=\"number\">PSI</th>")
            .raw("<th class=\"number\">values</th><th class=\"number\">reference</th></tr></thead>")
            .raw("<tbody>");
    for (FeatureDrift feature : alert.getEvidence()) {
      html.add(
          "<tr><td>%s</td><td>%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>"
              + "<td class=\"number\">%s</td><td class=\"number\">%s</td>"
              + "<td class=\"number\">%s</td><td class=\"number\">%s</td></tr>",
          Features.name(feature),
          feature.getTest(),
          Texts.format("%.4g", feature.getStatistic()),
          Texts.small(feature.getPValue()),
          Texts.effect(feature.getJensenShannon()),
          Texts.effect(feature.getPsi()),
          Texts.count(feature.getN()),
          Texts.count(feature.getReferenceN()));
    }
    return html.raw("</tbody></table></div>").toString();
  }
}
