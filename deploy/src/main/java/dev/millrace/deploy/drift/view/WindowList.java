package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.time.Duration;
import java.util.stream.Collectors;

/** The figures of all windows, in tables that can be opened. */
final class WindowList {
  private final DriftRun run;
  private final Duration window;

  WindowList(DriftRun run) {
    this.run = run;
    this.window = run.drift().window();
  }

  String html() {
    Html html =
        new Html()
            .raw("<h2 id=\"windows\">All windows</h2>")
            .raw("<div class=\"scroll\"><table><thead><tr><th>window</th><th>slice</th>")
            .raw("<th>state</th><th>verdict</th><th class=\"number\">predictions</th>")
            .raw("<th class=\"number\">late</th><th>features: p, effect</th></tr></thead><tbody>");
    for (DriftReport report : run.reports()) {
      html.add(
              "<tr><td class=\"nowrap\">%s</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td>"
                  + "<td class=\"number\">%s</td><td class=\"number\">%s</td>",
              Texts.time(report.getWindowStart(), window),
              report.getSlice(),
              report.getState(),
              style(report.getVerdict()),
              report.getVerdict(),
              Texts.count(report.getSamples()),
              Texts.count(report.getLate()))
          .raw("<td>" + features(report) + "</td></tr>");
    }
    return html.raw("</tbody></table></div>").toString();
  }

  private static String style(Verdict verdict) {
    return switch (verdict) {
      case DRIFT -> "drift-text";
      case WARNING -> "warning-text";
      case OK, INSUFFICIENT -> "";
    };
  }

  private static String features(DriftReport report) {
    String named =
        Features.named(report).stream().map(WindowList::feature).collect(Collectors.joining(", "));
    String all =
        report.getFeatures().stream()
            .sorted(Features.MOST_UNUSUAL)
            .map(WindowList::feature)
            .collect(Collectors.joining("<br>"));
    return "%s<details><summary>%d features</summary>%s</details>"
        .formatted(named, report.getFeatures().size(), all);
  }

  private static String feature(FeatureDrift feature) {
    return new Html()
        .add(
            "%s %s, %s",
            feature.getFeature(),
            Texts.small(feature.getPValue()),
            Texts.effect(feature.getJensenShannon()))
        .toString();
  }
}
