package dev.millrace.deploy.process;

import java.nio.file.Path;
import java.util.List;

/**
 * A child ended that nobody had asked to.
 *
 * @param child its name
 * @param exitCode as the operating system tells it; 128 + n after signal n
 * @param log its whole log
 * @param tail the log's last lines
 */
public record UnexpectedExit(String child, int exitCode, Path log, List<String> tail) {
  /** The name, the code and the end of the log, over several lines. */
  public String message() {
    return "%s ended by itself with exit code %d; the end of its log (%s):%n%s"
        .formatted(child, exitCode, log, String.join(System.lineSeparator(), tail).indent(4));
  }
}
