package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import java.util.List;

/** The states of all windows in one row, and the least p-value of each. */
final class StateStrip {
  private static final int WIDTH = 1100;
  private static final int HEIGHT = 46;
  private static final int BAR = 28;
  private static final int LABELS = 8;

  private final DriftRun run;
  private final List<DriftReport> windows;

  StateStrip(DriftRun run) {
    this.run = run;
    this.windows = run.windows();
  }

  String html() {
    Html html = new Html().raw("<h2 id=\"states\">State of each window</h2>");
    if (windows.isEmpty()) {
      return html.raw("<p>There are no windows.</p>").toString();
    }
    html.raw(
        Texts.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"state of each window\">",
            WIDTH, HEIGHT));
    double step = (double) WIDTH / windows.size();
    int every = Math.max(1, (windows.size() + LABELS - 1) / LABELS);
    for (int i = 0; i < windows.size(); i++) {
      DriftReport report = windows.get(i);
      String time = Texts.time(report.getWindowStart(), run.drift().window());
      html.raw(
          Texts.format(
              "<rect class=\"%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\">",
              style(report.getState()),
              i * step,
              top(report.getState()),
              Math.max(0.5, step - (step > 4 ? 1.5 : 0)),
              BAR - top(report.getState())));
      html.add(
          "<title>%s: %s, %s predictions</title></rect>",
          time, report.getState(), Texts.count(report.getSamples()));
      if (i % every == 0) {
        html.add(
            Texts.format("<text x=\"%.1f\" y=\"%d\">", i * step, HEIGHT - 4) + "%s</text>", time);
      }
    }
    html.raw("</svg><p>");
    key(html, "--ok", "OK (low)");
    key(html, "--warning", "WARNING (middle)");
    key(html, "--drift", "DRIFT (high)");
    key(html, "--other", "not compared, or not yet (low)");
    return html.raw("</p>").toString();
  }

  private static void key(Html html, String colour, String name) {
    html.add("<span class=\"key\"><i style=\"background: var(%s)\"></i>%s</span>", colour, name);
  }

  static String style(DriftState state) {
    return switch (state.name()) {
      case "OK" -> "state-ok";
      case "WARNING" -> "state-warning";
      case "DRIFT" -> "state-drift";
      default -> "state-other";
    };
  }

  /** The height tells the state without its colour. */
  private static int top(DriftState state) {
    return switch (state.name()) {
      case "DRIFT" -> 0;
      case "WARNING" -> BAR / 3;
      default -> 2 * BAR / 3;
    };
  }
}
