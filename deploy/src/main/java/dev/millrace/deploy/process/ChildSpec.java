package dev.millrace.deploy.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a child process is started as.
 *
 * @param name in messages and file names
 * @param command program and arguments
 * @param directory its working directory
 * @param log gets its standard output and error, appended
 * @param ready tells when it does its work
 * @param patience for how long it may take to get ready
 */
public record ChildSpec(
    String name, List<String> command, Path directory, Path log, ReadinessProbe ready, Duration patience) {

  public ChildSpec {
    command = List.copyOf(command);
  }
}
