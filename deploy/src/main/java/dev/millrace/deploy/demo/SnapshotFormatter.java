package dev.millrace.deploy.demo;

import dev.millrace.deploy.demo.PipelineStatistics.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Formats a {@link Snapshot} as lines of text, with ANSI colours for a terminal. */
final class SnapshotFormatter {
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final String WARM_UP = "warm-up";
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final boolean colours;

  SnapshotFormatter(boolean colours) {
    this.colours = colours;
  }

  /**
   * The progress of the demo.
   *
   * @param elapsed since the end of the warm-up; null before
   * @param injected simulated time of the start of the drift; null before
   */
  record Progress(@Nullable Duration elapsed, Duration total, @Nullable Instant injected) {}

  /**
   * All lines of the screen.
   *
   * @param warning about the rate; empty if there is none
   */
  List<String> screen(Snapshot state, Progress progress, String warning) {
    Duration elapsed = progress.elapsed();
    Instant injected = progress.injected();
    List<String> lines = new ArrayList<>();
    lines.add(
        bold("Millrace demo")
            + "  payments to predictions   %s"
                .formatted(
                    elapsed == null ? WARM_UP : clock(elapsed) + " of " + clock(progress.total())));
    lines.add("");
    lines.add(
        "  simulated time  %s    drift %s"
            .formatted(
                state.simulated() == null ? "-" : DAY.format(state.simulated()),
                injected == null ? "not started" : red("on since " + DAY.format(injected))));
    lines.add(
        "  events          %,9d  %,6.0f/s    dead letters  %s"
            .formatted(state.events(), state.eventRate(), deadLetters(state.deadLetters())));
    lines.add(
        "  predictions     %,9d  %,6.0f/s    late          %,d"
            .formatted(state.predictions(), state.predictionRate(), state.late()));
    lines.add(
        "  outcomes        %,9d             latency       p50 %s   p99 %s"
            .formatted(state.outcomes(), latency(state.p50Millis()), latency(state.p99Millis())));
    if (!warning.isEmpty()) {
      lines.add("  " + red(warning));
    }
    lines.add("");
    drift(state, lines);
    lines.add("");
    state.alerts().forEach(alert -> lines.add("  " + alert(alert)));
    state.triggers().forEach(trigger -> lines.add("  " + trigger(trigger)));
    return lines;
  }

  /**
   * One line, for logs and pipes.
   *
   * @param elapsed since the end of the warm-up; null before
   */
  String line(Snapshot state, @Nullable Duration elapsed) {
    return "%s  events %,d (%,.0f/s)  predictions %,d  dead letters %s  late %,d  p50 %s  p99 %s"
        .formatted(
            elapsed == null ? WARM_UP : clock(elapsed),
            state.events(),
            state.eventRate(),
            state.predictions(),
            deadLetters(state.deadLetters()),
            state.late(),
            latency(state.p50Millis()),
            latency(state.p99Millis()));
  }

  /** A latency; 0 where none was measured. */
  private static String latency(long millis) {
    return millis == 0 ? "-" : "%,d ms".formatted(millis);
  }

  /** One line for a drift report. */
  String report(GenericRecord report) {
    StringBuilder line = new StringBuilder();
    line.append("window ").append(window(report));
    line.append("  n %,d  state %s".formatted((Long) report.get("samples"), report.get("state")));
    for (Object each : (List<?>) report.get("features")) {
      GenericRecord feature = (GenericRecord) each;
      if (isDrifted(report, feature)) {
        line.append(
            "  %s %.3f".formatted(feature.get("feature"), (Double) feature.get("jensen_shannon")));
      }
    }
    return line.toString();
  }

  String alert(GenericRecord alert) {
    String status = alert.get("status").toString();
    String title = "ALERT " + status;
    return "%s  %s"
        .formatted(status.equals("FIRING") ? red(title) : green(title), alert.get("message"));
  }

  String trigger(GenericRecord trigger) {
    return "%s  %s".formatted(bold("RETRAIN"), trigger.get("message"));
  }

  private void drift(Snapshot state, List<String> lines) {
    GenericRecord report = state.report();
    if (report == null) {
      lines.add("  drift           no window has ended yet");
      return;
    }
    String verdict = report.get("state").toString();
    lines.add(
        "  drift           window %s   n %,d   %s"
            .formatted(
                window(report),
                (Long) report.get("samples"),
                verdict.equals("DRIFT") ? red(verdict) : green(verdict)));
    lines.add("  %-32s %8s %10s  %-8s  %s".formatted("feature", "effect", "p", "", "windows"));
    for (Object each : (List<?>) report.get("features")) {
      GenericRecord feature = (GenericRecord) each;
      String name = feature.get("feature").toString();
      boolean drifted = isDrifted(report, feature);
      String row =
          "  %-32s %8.3f %10.2g  %-8s  %s"
              .formatted(
                  name,
                  (Double) feature.get("jensen_shannon"),
                  (Double) feature.get("p_value"),
                  drifted ? "drifted" : "",
                  bars(state.effects().getOrDefault(name, List.of())));
      lines.add(drifted ? red(row) : row);
    }
  }

  /** During the warm-up the values of the features differ from those of the training data. */
  private static boolean isDrifted(GenericRecord report, GenericRecord feature) {
    return feature.get("verdict").toString().equals("DRIFT")
        && !report.get("state").toString().equals("WARMUP");
  }

  /** The effects of the last windows as bars; a full bar is an effect of 0.3 or more. */
  private static String bars(List<Double> effects) {
    StringBuilder bars = new StringBuilder();
    for (double effect : effects) {
      int height = (int) (Math.max(0, effect) / 0.3 * BARS.length());
      bars.append(BARS.charAt(Math.min(height, BARS.length() - 1)));
    }
    return bars.toString();
  }

  private static String window(GenericRecord report) {
    return DAY.format(Instant.ofEpochMilli((Long) report.get("window_start")))
        + " to "
        + DAY.format(Instant.ofEpochMilli((Long) report.get("window_end")));
  }

  private static String deadLetters(Map<String, Long> codes) {
    return codes.isEmpty() ? "0" : codes.toString().replace("{", "").replace("}", "");
  }

  static String clock(Duration time) {
    return "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }

  private String bold(String text) {
    return ansi("1", text);
  }

  private String red(String text) {
    return ansi("31", text);
  }

  private String green(String text) {
    return ansi("32", text);
  }

  private String ansi(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
