package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftCell;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The values of an alert's features in training and in its window, side by side. */
final class DistributionPlots {
  private static final int MOST_FEATURES = 8;
  private static final int WIDTH = 540;
  private static final int LEFT = 170;
  private static final int RIGHT = 120;
  private static final int ROW = 20;
  private static final int BAR = 7;
  private static final int LONGEST_LABEL = 26;

  private final DriftReport report;
  private final Set<String> features;
  private final String time;

  /**
   * @param report of the window that made the change that the alert is about, or of its slice
   * @param window its length
   */
  DistributionPlots(DriftReport report, Alert alert, Duration window) {
    this.report = report;
    this.features =
        alert.getEvidence().stream()
            .filter(each -> each.getSlice().equals(report.getSlice()))
            .map(FeatureDrift::getFeature)
            .collect(Collectors.toSet());
    this.time = Texts.time(report.getWindowStart(), window);
  }

  /** Empty if the report has no distributions. */
  String html() {
    List<FeatureDrift> drawn =
        report.getFeatures().stream()
            .filter(each -> features.contains(each.getFeature()) && !each.getCells().isEmpty())
            .sorted(Features.MOST_UNUSUAL)
            .limit(MOST_FEATURES)
            .toList();
    if (drawn.isEmpty()) {
      return "";
    }
    Html html =
        new Html()
            .raw("<p><span class=\"key\"><i style=\"background:var(--reference)\"></i>")
            .raw("reference data</span><span class=\"key\">")
            .raw("<i style=\"background:var(--window)\"></i>")
            .add("window of %s</span></p><div class=\"pair\">", time);
    for (FeatureDrift feature : drawn) {
      html.raw("<figure>" + plot(feature))
          .add("<figcaption>%s%s</figcaption></figure>", Features.name(feature), changed(feature));
    }
    return html.raw("</div>").toString();
  }

  private static String changed(FeatureDrift feature) {
    return feature.getChanged().isEmpty()
        ? ""
        : feature.getChanged().stream()
            .map(cell -> cell.getLabel() + " " + shares(cell))
            .collect(Collectors.joining("; ", ": most changed ", ""));
  }

  private static String shares(DriftCell cell) {
    return "%s to %s"
        .formatted(Texts.percent(cell.getReferenceShare()), Texts.percent(cell.getWindowShare()));
  }

  private String plot(FeatureDrift feature) {
    List<DriftCell> cells = feature.getCells();
    double most =
        cells.stream()
            .mapToDouble(cell -> Math.max(cell.getReferenceShare(), cell.getWindowShare()))
            .max()
            .orElse(1);
    Html html =
        new Html()
            .add(
                Texts.format("<svg viewBox=\"0 0 %d %d\" role=\"img\" ", WIDTH, ROW * cells.size())
                    + "aria-label=\"%s\">",
                "%s in the reference data and in the window of %s"
                    .formatted(Features.name(feature), time));
    for (int i = 0; i < cells.size(); i++) {
      row(html, cells.get(i), i * ROW, most);
    }
    return html.raw("</svg>").toString();
  }

  /** The bars of one cell: training above, the window below, and both shares as text. */
  private static void row(Html html, DriftCell cell, int top, double most) {
    int base = top + 2 * BAR;
    html.add(
        Texts.format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT - 6, base)
            + "%s<title>%s</title></text>",
        TextTable.cut(cell.getLabel(), LONGEST_LABEL),
        cell.getLabel());
    html.raw(bar("reference", top + 2, cell.getReferenceShare() / most));
    html.raw(bar("current", top + 2 + BAR, cell.getWindowShare() / most));
    html.add(
        Texts.format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", WIDTH - 2, base) + "%s</text>",
        shares(cell));
  }

  private static String bar(String style, int y, double share) {
    return Texts.format(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
        style, LEFT, y, share * (WIDTH - LEFT - RIGHT), BAR);
  }
}
