package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.PairedQuality;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The champion's quality by window, with intervals of 95 %, and the share of labels. */
final class QualityPlots {
  /** In this order; those that a run does not have are left out. */
  static final List<QualityMetric> DRAWN =
      List.of(
          QualityMetric.ROC_AUC,
          QualityMetric.PR_AUC,
          QualityMetric.ACCURACY,
          QualityMetric.F1,
          QualityMetric.LOG_LOSS,
          QualityMetric.CALIBRATION_ERROR,
          QualityMetric.MAE,
          QualityMetric.RMSE,
          QualityMetric.BIAS,
          QualityMetric.BASE_RATE);

  private static final double MARGIN = 0.08;
  private static final double LEAST_RANGE = 1e-3;

  private final DriftRun run;
  private final Duration window;
  private final Map<Instant, QualityReport> measured = new TreeMap<>();
  private final Map<Instant, QualityReport> estimated = new TreeMap<>();

  QualityPlots(DriftRun run) {
    this.run = run;
    this.window = run.drift().window();
    for (QualityReport report : run.quality()) {
      if (report.getRole() == Role.CHAMPION && report.getSliceField() == null) {
        (report.getEstimated() ? estimated : measured).put(report.getWindowStart(), report);
      }
    }
  }

  String html() {
    Html html = new Html().raw("<h2 id=\"quality\">Quality by window</h2>");
    if (measured.isEmpty() && estimated.isEmpty()) {
      return html.raw(
              "<p>There are no figures of quality: no label of a scored prediction is mature.</p>")
          .toString();
    }
    html.raw(
        "<p class=\"muted\">Of the champion, by the event time of its predictions, with intervals of"
            + " 95 %; windows whose labels are mature.</p><div class=\"pair\">");
    for (QualityMetric metric : DRAWN) {
      plot(html, metric);
    }
    coverage(html);
    return html.raw("</div>").raw(table()).toString();
  }

  private void plot(Html html, QualityMetric metric) {
    Map<Instant, QualityFigure> figures = figures(metric);
    if (figures.isEmpty()) {
      return;
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (QualityFigure figure : figures.values()) {
      low = Math.min(low, or(figure.getLower(), figure.getValue()));
      high = Math.max(high, or(figure.getUpper(), figure.getValue()));
    }
    double margin = Math.max(LEAST_RANGE, MARGIN * (high - low));
    double bottom = low < 0 ? low - margin : Math.max(0, low - margin);
    html.raw("<figure>")
        .raw(chart(name(metric), figures, bottom, high + margin).toString())
        .add("<figcaption>%s</figcaption></figure>", name(metric));
  }

  private Chart chart(String name, Map<Instant, QualityFigure> figures, double bottom, double top) {
    List<Instant> starts = starts();
    Chart chart = new Chart(name + " by window", starts.size(), bottom, top);
    for (int i = 0; i <= 2; i++) {
      double value = bottom + (top - bottom) * i / 2.2;
      chart.tick(value, Texts.format("%.3f", value));
    }
    chart.times(starts.stream().map(start -> Texts.time(start, window)).toList());
    List<Chart.@Nullable Interval> intervals = new ArrayList<>();
    List<Chart.Point> points = new ArrayList<>();
    for (Instant start : starts) {
      QualityFigure figure = figures.get(start);
      intervals.add(interval(figure));
      points.add(
          figure == null
              ? new Chart.Point(null, Chart.Mark.OTHER, "")
              : new Chart.Point(
                  figure.getValue(),
                  Chart.Mark.OK,
                  Texts.time(start, window) + ": " + text(figure)));
    }
    chart.intervals(intervals);
    chart.line(points);
    return chart;
  }

  private static Chart.@Nullable Interval interval(@Nullable QualityFigure figure) {
    return figure == null || figure.getLower() == null || figure.getUpper() == null
        ? null
        : new Chart.Interval(figure.getLower(), figure.getUpper());
  }

  private void coverage(Html html) {
    Map<Instant, QualityFigure> shares = new TreeMap<>();
    measured.forEach(
        (start, report) -> {
          Double share = report.getCoverage();
          if (share != null) {
            shares.put(
                start,
                QualityFigure.newBuilder().setMetric(QualityMetric.NONE).setValue(share).build());
          }
        });
    if (!shares.isEmpty()) {
      html.raw("<figure>")
          .raw(chart("label coverage", shares, 0, 1.05).toString())
          .raw("<figcaption>label coverage: labels received / predictions</figcaption></figure>");
    }
  }

  private Map<Instant, QualityFigure> figures(QualityMetric metric) {
    Map<Instant, QualityFigure> figures = new TreeMap<>();
    measured.forEach(
        (start, report) -> {
          QualityFigure figure = byMetric(report).get(metric);
          if (figure != null && Double.isFinite(figure.getValue())) {
            figures.put(start, figure);
          }
        });
    return figures;
  }

  private static Map<QualityMetric, QualityFigure> byMetric(QualityReport report) {
    Map<QualityMetric, QualityFigure> figures = new EnumMap<>(QualityMetric.class);
    report.getMetrics().forEach(figure -> figures.put(figure.getMetric(), figure));
    return figures;
  }

  private List<Instant> starts() {
    return run.windows().stream().map(report -> report.getWindowStart()).distinct().toList();
  }

  private String table() {
    Html html =
        new Html()
            .raw("<details><summary>figures</summary><div class=\"scroll\"><table><thead><tr>")
            .raw("<th>window</th><th></th><th class=\"number\">predictions</th>")
            .raw("<th class=\"number\">labels</th><th>figures</th></tr></thead><tbody>");
    for (QualityReport report : measured.values()) {
      row(html, report, "measured");
      report.getPaired().forEach(paired -> pairedRow(html, report, paired));
    }
    estimated.values().forEach(report -> row(html, report, "estimated, without labels"));
    return html.raw("</tbody></table></div></details>").toString();
  }

  private void row(Html html, QualityReport report, String kind) {
    row(
        html,
        report,
        kind,
        report.getObserved() + report.getAssumed(),
        String.join(
            "; ",
            report.getMetrics().stream()
                .map(figure -> name(figure.getMetric()) + " " + text(figure))
                .toList()));
  }

  private void pairedRow(Html html, QualityReport report, PairedQuality paired) {
    row(
        html,
        report,
        "shadow " + paired.getModelVersion() + " less champion",
        paired.getPairs(),
        differences(paired));
  }

  private void row(Html html, QualityReport report, String kind, long labels, String figures) {
    html.add(
        "<tr><td class=\"nowrap\">%s</td><td>%s</td><td class=\"number\">%s</td>"
            + "<td class=\"number\">%s</td><td>%s</td></tr>",
        Texts.time(report.getWindowStart(), window),
        kind,
        Texts.count(report.getPredictions()),
        Texts.count(labels),
        figures);
  }

  /** The differences of a shadow and the champion. */
  static String differences(PairedQuality paired) {
    List<String> texts = new ArrayList<>();
    for (QualityFigure figure : paired.getDifferences()) {
      texts.add(name(figure.getMetric()) + " " + text(figure));
    }
    Double pValue = paired.getPValue();
    if (pValue != null) {
      texts.add("McNemar's p " + Texts.small(pValue));
    }
    return String.join("; ", texts);
  }

  static String text(QualityFigure figure) {
    Double lower = figure.getLower();
    Double upper = figure.getUpper();
    return lower == null || upper == null
        ? Texts.format("%.3f", figure.getValue())
        : Texts.format("%.3f (%.3f to %.3f)", figure.getValue(), lower, upper);
  }

  static String name(QualityMetric metric) {
    return switch (metric) {
      case ROC_AUC -> "ROC AUC";
      case PR_AUC -> "PR AUC";
      case F1, MAE, RMSE -> metric.name();
      default -> metric.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  private static double or(@Nullable Double bound, double value) {
    return bound == null || !Double.isFinite(bound) ? value : bound;
  }
}
