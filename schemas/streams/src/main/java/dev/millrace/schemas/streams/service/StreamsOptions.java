package dev.millrace.schemas.streams.service;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The further options of a service on Kafka Streams. */
public final class StreamsOptions {
  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Stream threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR:-millrace-state}",
      description = "Directory of the local state (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  public Path stateDir() {
    return stateDir;
  }

  public int threads() {
    return threads;
  }
}
