package dev.millrace.deploy.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The width of the terminal. */
final class TerminalWidth {
  /** Where there is no terminal, as in a pipe. */
  private static final int DEFAULT = 120;

  private static final int LEAST = 72;
  private static final long STTY_SECONDS = 2;

  private TerminalWidth() {}

  /** The number of columns; at least 72. */
  static int columns() {
    String given = System.getenv("COLUMNS");
    Integer columns = number(given == null ? stty() : given);
    return columns == null || columns <= 0 ? DEFAULT : Math.max(LEAST, columns);
  }

  /** What stty says of the terminal that this process reads from; empty if it is none. */
  private static String stty() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return "";
      }
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return size.substring(size.indexOf(' ') + 1).strip();
    } catch (IOException e) {
      return ""; // There is no stty.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static @Nullable Integer number(String text) {
    try {
      return Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
