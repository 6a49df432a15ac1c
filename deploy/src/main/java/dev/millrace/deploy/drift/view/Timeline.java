package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The p-values and effects of each feature over the windows of a run. */
final class Timeline {
  /** Of a p-value: 1e-12 and less are drawn at the edge. */
  private static final double MOST_DECADES = 12;

  private static final int MOST_FEATURES = 60;
  private static final double LEAST_EFFECT_RANGE = 0.1;

  private final DriftRun run;
  private final List<DriftReport> windows;
  private final List<String> times;
  private final List<Boolean> drifted;

  Timeline(DriftRun run) {
    this.run = run;
    this.windows = run.windows();
    this.times =
        windows.stream()
            .map(report -> Texts.time(report.getWindowStart(), run.drift().window()))
            .toList();
    this.drifted = windows.stream().map(report -> report.getState() == DriftState.DRIFT).toList();
  }

  String html() {
    Html html = new Html();
    List<String> features = features();
    html.raw("<h2 id=\"features\">p-value and effect by feature</h2>");
    html.raw(
        "<p class=\"muted\">A window alarms where a p-value is beyond its line and the effect, the"
            + " Jensen-Shannon distance, beyond its own. Triangles are alarms, diamonds warnings;"
            + " windows in the state DRIFT are shaded. p is on a logarithmic scale.</p>");
    features.stream().limit(MOST_FEATURES).forEach(feature -> html.raw(charts(feature)));
    if (features.size() > MOST_FEATURES) {
      html.add(
          "<p>%s of %s features are drawn, the most unusual first; the table has all windows.</p>",
          MOST_FEATURES, features.size());
    }
    return html.toString();
  }

  /** The most unusual first. */
  private List<String> features() {
    Map<String, Double> least = new TreeMap<>();
    for (DriftReport report : windows) {
      for (FeatureDrift feature : report.getFeatures()) {
        double p = Double.isNaN(feature.getPValue()) ? 1 : feature.getPValue();
        least.merge(feature.getFeature(), p, Math::min);
      }
    }
    return least.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private String charts(String feature) {
    List<@Nullable FeatureDrift> values =
        windows.stream().map(report -> ofFeature(report, feature)).toList();
    return new Html()
        .add("<h3>%s</h3><div class=\"pair\">", feature)
        .raw("<figure>" + pChart(feature, values) + "<figcaption>p-value</figcaption></figure>")
        .raw("<figure>" + effectChart(feature, values) + "<figcaption>effect</figcaption></figure>")
        .raw("</div>")
        .toString();
  }

  private static @Nullable FeatureDrift ofFeature(DriftReport report, String feature) {
    return report.getFeatures().stream()
        .filter(each -> each.getFeature().equals(feature))
        .findFirst()
        .orElse(null);
  }

  private Chart pChart(String feature, List<@Nullable FeatureDrift> values) {
    double alpha =
        windows.stream().mapToDouble(DriftReport::getAlpha).filter(a -> a > 0).min().orElse(0);
    double line = alpha > 0 ? decades(alpha) : 0;
    double highest =
        values.stream()
            .mapToDouble(value -> value == null ? 0 : decades(value.getPValue()))
            .max()
            .orElse(0);
    double top = Math.min(Math.max(MOST_DECADES, line + 2), Math.max(line * 1.3, highest + 0.5));
    Chart chart = new Chart("p-value of %s by window".formatted(feature), windows.size(), 0, top);
    chart.band(drifted);
    int every = Math.max(1, (int) Math.round(top / 4));
    for (int decade = 0; decade <= top - every / 2.0; decade += every) {
      chart.tick(decade, decade == 0 ? "1" : "1e-" + decade);
    }
    if (highest > top) {
      chart.tick(top, "≤" + Texts.small(Math.pow(10, -top)));
    }
    chart.times(times);
    chart.line(points(values, value -> decades(value.getPValue())));
    if (alpha > 0) {
      chart.limit(line, "alarm: p ≤ " + Texts.small(alpha));
    }
    return chart;
  }

  private static double decades(double p) {
    return Double.isNaN(p) ? 0 : Math.min(MOST_DECADES * 2, -Math.log10(Math.max(p, 1e-300)));
  }

  private Chart effectChart(String feature, List<@Nullable FeatureDrift> values) {
    double least = run.drift().minEffect();
    double highest =
        values.stream()
            .mapToDouble(value -> value == null ? 0 : value.getJensenShannon())
            .filter(effect -> !Double.isNaN(effect))
            .max()
            .orElse(0);
    double top = Math.max(Math.max(LEAST_EFFECT_RANGE, least * 1.3), highest * 1.1);
    Chart chart = new Chart("effect of %s by window".formatted(feature), windows.size(), 0, top);
    chart.band(drifted);
    for (int i = 0; i <= 2; i++) {
      chart.tick(top * i / 2.2, Texts.format("%.2f", top * i / 2.2));
    }
    chart.times(times);
    chart.line(points(values, FeatureDrift::getJensenShannon));
    chart.limit(least, "min_effect " + least);
    return chart;
  }

  private List<Chart.Point> points(
      List<@Nullable FeatureDrift> values, ToDoubleFunction<FeatureDrift> drawn) {
    List<Chart.Point> points = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      FeatureDrift value = values.get(i);
      if (value == null || Double.isNaN(drawn.applyAsDouble(value))) {
        points.add(new Chart.Point(null, Chart.Mark.OTHER, ""));
      } else {
        String title =
            "%s: p %s by %s, effect %s, %s"
                .formatted(
                    times.get(i),
                    Texts.small(value.getPValue()),
                    value.getTest(),
                    Texts.effect(value.getJensenShannon()),
                    value.getVerdict());
        points.add(new Chart.Point(drawn.applyAsDouble(value), mark(value.getVerdict()), title));
      }
    }
    return points;
  }

  private static Chart.Mark mark(Verdict verdict) {
    return switch (verdict) {
      case DRIFT -> Chart.Mark.DRIFT;
      case WARNING -> Chart.Mark.WARNING;
      case OK -> Chart.Mark.OK;
      case INSUFFICIENT -> Chart.Mark.OTHER;
    };
  }
}
