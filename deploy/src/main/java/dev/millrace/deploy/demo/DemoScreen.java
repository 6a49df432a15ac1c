package dev.millrace.deploy.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The output of the demo: a screen redrawn in place on a terminal, plain lines elsewhere. It uses
 * only the size of the terminal; JLine would need 0.3 s or more to open the terminal.
 */
final class DemoScreen {
  /** A colour sequence, which has no width, or a character. */
  private static final Pattern COLOUR_OR_CHARACTER = Pattern.compile("\u001b\\[[0-9;]*m|.");

  private final PrintStream out;
  private final @Nullable Size terminal;
  private int drawn;

  /** In characters. */
  record Size(int rows, int columns) {}

  /**
   * @param terminal the size of the terminal; null if the output is not a terminal, and no control
   *     sequence is written
   */
  DemoScreen(PrintStream out, @Nullable Size terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A screen on {@code out}; bin/millrace passes the size of the terminal as a property. */
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

  /** Prints a line above the next screen. */
  synchronized void print(String line) {
    out.println(line);
    out.flush();
    drawn = 0;
  }

  /** Replaces the screen drawn last; lines below the end of the terminal are left out. */
  synchronized void draw(List<String> lines) {
    Size size = terminal;
    if (size == null) {
      throw new IllegalStateException("only a terminal can be redrawn");
    }
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append("A\u001b[J");
    }
    List<String> rows =
        lines.stream()
            .flatMap(line -> wrap(line, size.columns()).stream())
            .limit(size.rows() - 1L)
            .toList();
    rows.forEach(row -> text.append(row).append('\n'));
    out.print(text);
    out.flush();
    drawn = rows.size();
  }

  /** The rows of a line on a terminal with this number of columns. */
  static List<String> wrap(String line, int columns) {
    List<String> rows = new ArrayList<>();
    StringBuilder row = new StringBuilder();
    int width = 0;
    Matcher parts = COLOUR_OR_CHARACTER.matcher(line);
    while (parts.find()) {
      boolean colour = parts.end() - parts.start() > 1;
      if (!colour && width == columns) {
        rows.add(row.toString());
        row.setLength(0);
        width = 0;
      }
      row.append(parts.group());
      width += colour ? 0 : 1;
    }
    rows.add(row.toString());
    return rows;
  }
}
