package dev.millrace.deploy.drift.view;

import static dev.millrace.deploy.drift.view.Texts.plural;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run as text: a line for each window, the alerts, and what the budget accepts. */
public final class RunTable {
  private final DriftRun run;
  private final Duration window;
  private final int width;

  private RunTable(DriftRun run, int width) {
    this.run = run;
    this.window = run.drift().window();
    this.width = width;
  }

  /**
   * The text.
   *
   * @param width of the terminal, in characters
   */
  public static String of(DriftRun run, int width) {
    return new RunTable(run, width).text();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        TextTable.wrapped(
            Texts.format(
                "%s, %s to %s: %s of %s, least effect %s, budget %s",
                run.pipeline().name(),
                Texts.time(run.from(), window),
                Texts.time(run.to(), window),
                plural(run.windows().size(), "window"),
                Durations.format(window),
                run.drift().minEffect(),
                run.drift().falseAlarms()),
            width,
            ""));
    text.append('\n').append(windows()).append('\n').append(alerts()).append(summary());
    return text.toString();
  }

  private String windows() {
    TextTable table =
        new TextTable(
            width, "", "window", "state", "verdict", ">rows", ">least p", ">effect", "why");
    for (DriftReport report : run.windows()) {
      Optional<FeatureDrift> most = Features.mostUnusual(report);
      table.add(
          Texts.time(report.getWindowStart(), window),
          report.getState().toString(),
          report.getVerdict().toString(),
          Texts.count(report.getSamples()),
          most.map(feature -> Texts.small(feature.getPValue())).orElse("-"),
          most.map(feature -> Texts.effect(feature.getJensenShannon())).orElse("-"),
          why(report));
    }
    return table.toString();
  }

  private String why(DriftReport report) {
    List<FeatureDrift> named = Features.named(report, run.slices(report));
    if (!named.isEmpty()) {
      return named.stream().map(Features::name).collect(Collectors.joining(", "));
    }
    if (report.getSamplesMissing() > 0) {
      return "needs %s more".formatted(Texts.count(report.getSamplesMissing()));
    }
    return report.getReferenceMissing() > 0
        ? "the reference needs %s more rows".formatted(Texts.count(report.getReferenceMissing()))
        : "";
  }

  private String alerts() {
    StringBuilder text = new StringBuilder();
    for (Alert alert : run.alerts()) {
      text.append(
          TextTable.wrapped(
              "%s %s: %s"
                  .formatted(
                      Texts.time(alert.getAt(), window),
                      Alerts.heading(alert, window),
                      alert.getMessage()),
              width,
              ""));
    }
    for (RetrainingTrigger trigger : run.triggers()) {
      text.append(
          TextTable.wrapped(
              "%s RETRAIN: %s".formatted(Texts.time(trigger.getAt(), window), trigger.getMessage()),
              width,
              ""));
    }
    return text.toString();
  }

  private String summary() {
    long drifted =
        run.windows().stream().filter(report -> report.getVerdict() == Verdict.DRIFT).count();
    return TextTable.wrapped(
        Texts.format(
            "%s in %s (%s beyond the alarm line); without any drift the budget accepts %.2g in this time",
            plural(run.firing().size(), "alarm"),
            plural(run.windows().size(), "window"),
            plural(drifted, "window"),
            run.accepted()),
        width,
        "");
  }
}
