package dev.millrace.deploy.process;

import java.nio.file.Path;
import java.util.List;

/**
 * The exit of a child process that this process had not requested.
 *
 * @param child its name
 * @param exitCode as the operating system reports it; 128 + n after signal n
 * @param log the file with its whole log
 * @param lastLines the last lines of the log
 */
public record UnexpectedExit(String child, int exitCode, Path log, List<String> lastLines) {
  /** The name, the exit code and the end of the log, over several lines. */
  public String message() {
    return "%s exited unexpectedly with exit code %d; the end of its log (%s):%n%s"
        .formatted(child, exitCode, log, String.join(System.lineSeparator(), lastLines).indent(4));
  }
}
