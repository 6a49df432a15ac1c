package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.pipeline.Durations;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A run as one HTML file with plots. It loads nothing from elsewhere and needs no script; every
 * figure of a plot is in its table, too.
 */
public final class DriftPage {
  private static final String STYLE = style();

  private final DriftRun run;
  private final Duration window;

  private DriftPage(DriftRun run) {
    this.run = run;
    this.window = run.drift().window();
  }

  /** The text of the file. */
  public static String of(DriftRun run) {
    return new DriftPage(run).html();
  }

  private String html() {
    String title = "Drift of %s, %s".formatted(run.pipeline().name(), period());
    return new Html()
        .raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .add("<title>%s</title>", title)
        .raw("<style>" + STYLE + "</style></head>\n<body><main>\n")
        .raw(head())
        .raw(tiles())
        .raw(new StateStrip(run).html())
        .raw(new EpisodeList(run).html())
        .raw(new Timeline(run).html())
        .raw(new QualityPlots(run).html())
        .raw(new WindowList(run).html())
        .raw("\n</main></body></html>\n")
        .toString();
  }

  private String head() {
    String versions =
        run.windows().stream()
            .map(
                report ->
                    report.getReferenceDigest().isEmpty()
                        ? "%s without a reference".formatted(report.getModelVersion())
                        : "%s against reference %s"
                            .formatted(report.getModelVersion(), report.getReferenceDigest()))
            .distinct()
            .collect(Collectors.joining("; "));
    return new Html()
        .add("<h1>Drift of %s</h1>", run.pipeline().name())
        .add(
            "<p class=\"muted\">%s (event time, UTC), windows of %s; model version %s</p>",
            period(), Durations.format(window), versions)
        .toString();
  }

  private String period() {
    return "%s to %s".formatted(Texts.time(run.from(), window), Texts.time(run.to(), window));
  }

  private String tiles() {
    RunSummary summary = RunSummary.of(run);
    return new Html()
        .raw("<dl class=\"tiles\">")
        .add(
            "<div><dt>Alarms</dt><dd>%s<small>the budget accepts %s without drift</small></dd></div>",
            summary.alarms(), Texts.format("%.2g", run.accepted()))
        .add(
            "<div><dt>Windows</dt><dd>%s<small>%s beyond the alarm line</small></dd></div>",
            summary.windows(), summary.drifted())
        .add(
            "<div><dt>First alarm</dt><dd>%s<small>%s</small></dd></div>",
            summary.firstAlarm() == null ? "none" : Texts.time(summary.firstAlarm(), window),
            summary.firstFeatures())
        .add(
            "<div><dt>Predictions</dt><dd>%s<small>%s late</small></dd></div>",
            Texts.count(summary.predictions()), Texts.count(summary.late()))
        .add(
            "<div><dt>Budget</dt><dd>%s<small>least effect %s</small></dd></div>",
            run.drift().falseAlarms(), run.drift().minEffect())
        .add(
            "<div><dt>Retraining</dt><dd>%s<small>requested</small></dd></div>",
            Texts.plural(run.triggers().size(), "time"))
        .raw("</dl>")
        .toString();
  }

  private static String style() {
    try (InputStream in =
        Objects.requireNonNull(DriftPage.class.getResourceAsStream("page.css"), "page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
