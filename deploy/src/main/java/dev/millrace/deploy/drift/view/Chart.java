package dev.millrace.deploy.drift.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A chart of values over windows, as SVG: one point for each window, and a limit. */
final class Chart {
  private static final int WIDTH = 540;
  private static final int HEIGHT = 150;
  private static final int LEFT = 46;
  private static final int RIGHT = 8;
  private static final int TOP = 10;
  private static final int BOTTOM = 22;

  /** Widths in the unit of the chart, of a digit and between two names. */
  private static final double LETTER = 6.4;

  private static final int GAP = 8;

  private final String description;
  private final int windows;
  private final double top;
  private final double bottom;
  private final Html body = new Html();

  /**
   * @param description read by screen readers
   * @param windows their number
   * @param bottom value at the lower end
   * @param top value at the upper end; larger ones are drawn there
   */
  Chart(String description, int windows, double bottom, double top) {
    this.description = description;
    this.windows = windows;
    this.bottom = bottom;
    this.top = top;
  }

  /** A point; its shape tells the verdict without its colour. */
  enum Mark {
    OK("ok"),
    WARNING("warning"),
    DRIFT("drift"),
    OTHER("other");

    private final String style;

    Mark(String style) {
      this.style = style;
    }
  }

  /** A value of one window; null where it has none. */
  record Point(@Nullable Double value, Mark mark, String title) {}

  /** Values with an interval; null where a window has none. */
  record Interval(double lower, double upper) {}

  /** Shades windows. */
  void band(List<Boolean> shaded) {
    for (int i = 0; i < windows; i++) {
      if (shaded.get(i)) {
        body.raw(
            format(
                "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                x(i) - step() / 2, TOP, step(), HEIGHT - TOP - BOTTOM));
      }
    }
  }

  /** A horizontal dashed line with its name. */
  void limit(double value, String name) {
    body.raw(
        format(
            "<line class=\"limit\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
            LEFT, WIDTH - RIGHT, y(value), y(value)));
    body.add(
        format(
                "<text class=\"limit-text\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
                WIDTH - RIGHT - 2, y(value) - 3)
            + "%s</text>",
        name);
  }

  /** A line at a value of the vertical axis. */
  void tick(double value, String name) {
    body.raw(
        format(
            "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
            LEFT, WIDTH - RIGHT, y(value), y(value)));
    body.add(
        format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 5, y(value) + 4)
            + "%s</text>",
        name);
  }

  /** Names of some windows below the chart, each from its window on, as many as have room. */
  void times(List<String> names) {
    int longest = names.stream().mapToInt(String::length).max().orElse(0);
    double room = longest * LETTER + GAP;
    int every = Math.max(1, (int) Math.ceil(room / step()));
    for (int i = 0; i < names.size() && x(i) + room <= WIDTH; i += every) {
      body.add(
          format("<text x=\"%.1f\" y=\"%d\">", i == 0 ? LEFT : x(i), HEIGHT - 6) + "%s</text>",
          names.get(i));
    }
  }

  /** The area of intervals, interrupted where a window has none. */
  void intervals(List<@Nullable Interval> intervals) {
    for (int i = 0; i < windows; i++) {
      Interval interval = intervals.get(i);
      if (interval != null) {
        double y = y(interval.upper());
        body.raw(
            format(
                "<rect class=\"interval\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                x(i) - step() / 2, y, step(), Math.max(1, y(interval.lower()) - y)));
      }
    }
  }

  void line(List<Point> points) {
    List<String> path = new ArrayList<>();
    boolean connected = false;
    for (int i = 0; i < windows; i++) {
      Double value = points.get(i).value();
      if (value != null) {
        path.add(format("%s%.1f,%.1f", connected ? "L" : "M", x(i), y(value)));
      }
      connected = value != null;
    }
    body.raw("<path class=\"line\" d=\"" + String.join(" ", path) + "\"/>");
    for (int i = 0; i < windows; i++) {
      Double value = points.get(i).value();
      if (value != null) {
        mark(points.get(i), x(i), y(value));
      }
    }
  }

  private void mark(Point point, double x, double y) {
    String shape =
        switch (point.mark()) {
          case DRIFT ->
              format(
                  "<path class=\"%s\" d=\"M%.1f,%.1f l5,9 h-10 z\">", point.mark().style, x, y - 6);
          case WARNING ->
              format(
                  "<path class=\"%s\" d=\"M%.1f,%.1f l4,4 l-4,4 l-4,-4 z\">",
                  point.mark().style, x, y - 4);
          case OK, OTHER ->
              format(
                  "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\">",
                  point.mark().style, x, y, windows > 200 ? 1.2 : 2.4);
        };
    String end = shape.startsWith("<circle") ? "</circle>" : "</path>";
    body.raw(shape).add("<title>%s</title>", point.title()).raw(end);
  }

  private double step() {
    return (double) (WIDTH - LEFT - RIGHT) / Math.max(1, windows);
  }

  private double x(int window) {
    return LEFT + step() * (window + 0.5);
  }

  private double y(double value) {
    double share = (Math.min(top, Math.max(bottom, value)) - bottom) / (top - bottom);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  @Override
  public String toString() {
    return new Html()
        .add(
            format("<svg viewBox=\"0 0 %d %d\" role=\"img\" ", WIDTH, HEIGHT)
                + "aria-label=\"%s\">",
            description)
        .raw(body.toString())
        .raw("</svg>")
        .toString();
  }
}
