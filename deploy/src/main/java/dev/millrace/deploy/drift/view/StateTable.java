package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.PairedQuality;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The present state of a pipeline's drift as text. */
public final class StateTable {
  /** From this width on, the table has all its columns. */
  private static final int WIDE = 110;

  private final DriftState state;
  private final int width;

  private StateTable(DriftState state, int width) {
    this.state = state;
    this.width = width;
  }

  /**
   * The text.
   *
   * @param width of the terminal, in characters
   */
  public static String of(DriftState state, int width) {
    return new StateTable(state, width).text();
  }

  private String text() {
    DriftReport report = state.newest();
    if (report == null) {
      return TextTable.wrapped(
          "%s: no window has been reported yet; the first is reported when the predictions of all partitions have passed its end"
              .formatted(state.pipeline().name()),
          width,
          "");
    }
    return head(report)
        + alerts(report)
        + '\n'
        + CauseTable.of(state, report, width)
        + '\n'
        + features(report)
        + slices()
        + quality()
        + trigger(report);
  }

  private static Duration window(DriftReport report) {
    return Duration.between(report.getWindowStart(), report.getWindowEnd());
  }

  private String head(DriftReport report) {
    Duration window = window(report);
    StringBuilder text = new StringBuilder();
    text.append(
            TextTable.cut(
                "%s/%s version %s, reference %s"
                    .formatted(
                        report.getPipeline(),
                        report.getModel(),
                        report.getModelVersion(),
                        report.getReferenceDigest().isEmpty()
                            ? "none"
                            : report.getReferenceDigest()),
                width))
        .append('\n');
    text.append(
        TextTable.wrapped(
            "%s; newest window %s of %s: %s predictions, %s late, verdict %s%s"
                .formatted(
                    report.getState(),
                    Texts.time(report.getWindowStart(), window),
                    Durations.format(window),
                    Texts.count(report.getSamples()),
                    Texts.count(report.getLate()),
                    report.getVerdict(),
                    inSlices(report)),
            width,
            ""));
    if (report.getSamplesMissing() > 0) {
      text.append(
          TextTable.wrapped(
              "not compared: %s too few"
                  .formatted(Texts.plural(report.getSamplesMissing(), "prediction")),
              width,
              ""));
    }
    if (report.getReferenceMissing() > 0) {
      text.append(
          TextTable.wrapped(
              "not compared: the reference has %s too few"
                  .formatted(Texts.plural(report.getReferenceMissing(), "row")),
              width,
              ""));
    }
    return text.toString();
  }

  /** What is unusual in slices, where nothing is in all predictions. */
  private String inSlices(DriftReport report) {
    List<FeatureDrift> named = Features.named(report, state.slices());
    return named.isEmpty() || !Features.named(report).isEmpty()
        ? ""
        : ", but for " + named.stream().map(Features::name).collect(Collectors.joining(", "));
  }

  private String alerts(DriftReport report) {
    Duration window = window(report);
    StringBuilder text = new StringBuilder();
    for (Alert alert : state.alerts()) {
      if (alert.getStatus() != AlertStatus.RESOLVED) {
        text.append(
            TextTable.wrapped(
                "%s: %s".formatted(Alerts.heading(alert, window), alert.getMessage()),
                width,
                "  "));
      }
    }
    return text.isEmpty() ? "no alert is firing\n" : "alerts\n" + text;
  }

  private String features(DriftReport report) {
    if (report.getFeatures().isEmpty()) {
      return "no feature was compared\n";
    }
    return (width >= WIDE ? wide(report) : narrow(report)).toString();
  }

  private TextTable wide(DriftReport report) {
    TextTable table =
        new TextTable(
            width,
            "",
            "feature",
            "verdict",
            "test",
            ">statistic",
            ">p",
            ">effect",
            ">disp.",
            ">values",
            ">null",
            ">invalid");
    for (FeatureDrift feature : report.getFeatures()) {
      table.add(
          TextTable.cut(feature.getFeature(), width / 3),
          feature.getVerdict().toString(),
          test(feature),
          Texts.format("%.4g", feature.getStatistic()),
          Texts.small(feature.getPValue()),
          Texts.effect(feature.getJensenShannon()),
          Texts.format("%.1f", feature.getDispersion()),
          Texts.count(feature.getN()),
          Texts.count(feature.getNulls()),
          Texts.count(feature.getInvalid()));
    }
    return table;
  }

  private TextTable narrow(DriftReport report) {
    TextTable table =
        new TextTable(width, "", "feature", "verdict", ">statistic", ">p", ">effect", ">null");
    for (FeatureDrift feature : report.getFeatures()) {
      table.add(
          TextTable.cut(feature.getFeature(), width / 2),
          feature.getVerdict().toString(),
          Texts.format("%.4g", feature.getStatistic()),
          Texts.small(feature.getPValue()),
          Texts.effect(feature.getJensenShannon()),
          Texts.count(feature.getNulls()));
    }
    return table;
  }

  private static String test(FeatureDrift feature) {
    return feature.getTest().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private String slices() {
    TextTable table =
        new TextTable(width, "", "slice", "verdict", ">values", ">least p", "features");
    boolean any = false;
    for (DriftReport report : state.slices()) {
      any = true;
      table.add(
          report.getSlice(),
          report.getVerdict().toString(),
          Texts.count(report.getSamples()),
          Features.mostUnusual(report).map(feature -> Texts.small(feature.getPValue())).orElse("-"),
          String.join(
              ", ", Features.named(report).stream().map(FeatureDrift::getFeature).toList()));
    }
    return any ? "\n" + table : "";
  }

  private String quality() {
    StringBuilder text = new StringBuilder();
    for (QualityReport report : state.quality()) {
      Duration window = Duration.between(report.getWindowStart(), report.getWindowEnd());
      String labels =
          report.getEstimated()
              ? "estimated without labels"
              : "%s of %s predictions labelled"
                  .formatted(
                      Texts.count(report.getObserved() + report.getAssumed()),
                      Texts.count(report.getPredictions()));
      String figures =
          String.join(
              "; ",
              report.getMetrics().stream()
                  .filter(figure -> QualityPlots.DRAWN.contains(figure.getMetric()))
                  .map(
                      figure ->
                          QualityPlots.name(figure.getMetric()) + " " + QualityPlots.text(figure))
                  .toList());
      text.append('\n')
          .append(
              TextTable.wrapped(
                  "quality of %s, %s: %s"
                      .formatted(Texts.time(report.getWindowStart(), window), labels, figures),
                  width,
                  ""));
      report.getPaired().forEach(paired -> text.append(shadow(paired)));
    }
    return text.toString();
  }

  private String shadow(PairedQuality paired) {
    return TextTable.wrapped(
        "shadow %s less champion, on the same %s labelled predictions: %s"
            .formatted(
                paired.getModelVersion(),
                Texts.count(paired.getPairs()),
                QualityPlots.differences(paired)),
        width,
        "");
  }

  private String trigger(DriftReport report) {
    RetrainingTrigger trigger = state.trigger();
    String text =
        "\nretraining: %s"
            .formatted(report.getRetraining().name().toLowerCase(Locale.ROOT))
            .replace('_', ' ');
    if (trigger == null) {
      return text + "\n";
    }
    return TextTable.wrapped(
        "%s; last requested %s: %s"
            .formatted(text, Texts.time(trigger.getAt(), window(report)), trigger.getMessage()),
        width,
        "");
  }
}
