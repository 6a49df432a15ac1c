package dev.millrace.deploy.demo;

import java.io.PrintStream;
import java.util.List;

/** Where the demo shows itself: a picture redrawn in place on a terminal, plain lines elsewhere. */
final class DemoScreen {
  private final PrintStream out;
  private final boolean terminal;
  private int drawn;

  private DemoScreen(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * A screen on {@code out}; where that is no terminal, no control sequence is written. Whether it
   * is one, Java 17 cannot tell: bin/millrace says so.
   */
  static DemoScreen of(PrintStream out) {
    return new DemoScreen(out, Boolean.getBoolean("millrace.terminal"));
  }

  boolean isTerminal() {
    return terminal;
  }

  /** A line that stays. */
  synchronized void say(String line) {
    out.println(line);
    out.flush();
    drawn = 0;
  }

  /** Replaces the picture drawn last. */
  synchronized void draw(List<String> lines) {
    StringBuilder picture = new StringBuilder();
    if (drawn > 0) {
      picture.append("\u001b[").append(drawn).append("A\u001b[J");
    }
    lines.forEach(line -> picture.append(line).append('\n'));
    out.print(picture);
    out.flush();
    drawn = lines.size();
  }
}
