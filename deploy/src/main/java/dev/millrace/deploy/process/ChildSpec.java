package dev.millrace.deploy.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a child process is started.
 *
 * @param name in messages and file names
 * @param command program and arguments
 * @param directory its working directory
 * @param log its standard output and error are appended to this file
 * @param readiness checks whether the child is ready
 * @param startTimeout the longest time until it is ready
 */
public record ChildSpec(
    String name,
    List<String> command,
    Path directory,
    Path log,
    ReadinessProbe readiness,
    Duration startTimeout) {

  public ChildSpec {
    command = List.copyOf(command);
  }
}
