package dev.millrace.deploy.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the demo shows itself: a picture redrawn in place on a terminal, plain lines elsewhere. */
final class DemoScreen {
  /** A colour, which takes no room, or a character. */
  private static final Pattern CELL = Pattern.compile("\u001b\\[[0-9;]*m|.");

  private final PrintStream out;
  private final @Nullable Size terminal;
  private int drawn;

  /** In characters. */
  record Size(int rows, int columns) {}

  /**
   * @param terminal its size; null: there is none, and no control sequence is written
   */
  DemoScreen(PrintStream out, @Nullable Size terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A screen on {@code out}, with what bin/millrace found out about it. */
  static DemoScreen of(PrintStream out) {
    Matcher size =
        Pattern.compile("([1-9][0-9]*) ([1-9][0-9]*)")
            .matcher(System.getProperty("millrace.terminal", ""));
    return new DemoScreen(
        out,
        size.matches()
            ? new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)))
            : null);
  }

  boolean isTerminal() {
    return terminal != null;
  }

  /** A line that stays. */
  synchronized void print(String line) {
    out.println(line);
    out.flush();
    drawn = 0;
  }

  /** Replaces the picture drawn last; what the terminal has no room for is left out. */
  synchronized void draw(List<String> lines) {
    Size size = terminal;
    if (size == null) {
      throw new IllegalStateException("a picture needs a terminal");
    }
    StringBuilder picture = new StringBuilder();
    if (drawn > 0) {
      picture.append("\u001b[").append(drawn).append("A\u001b[J");
    }
    List<String> rows =
        lines.stream()
            .flatMap(line -> wrap(line, size.columns()).stream())
            .limit(size.rows() - 1L)
            .toList();
    rows.forEach(row -> picture.append(row).append('\n'));
    out.print(picture);
    out.flush();
    drawn = rows.size();
  }

  /** The rows that a line takes on a terminal of so many columns. */
  static List<String> wrap(String line, int columns) {
    List<String> rows = new ArrayList<>();
    StringBuilder row = new StringBuilder();
    int width = 0;
    Matcher cells = CELL.matcher(line);
    while (cells.find()) {
      boolean colour = cells.end() - cells.start() > 1;
      if (!colour && width == columns) {
        rows.add(row.toString());
        row.setLength(0);
        width = 0;
      }
      row.append(cells.group());
      width += colour ? 0 : 1;
    }
    rows.add(row.toString());
    return rows;
  }
}
