package dev.millrace.schemas.streams;

import picocli.CommandLine.Option;

/** The options of a service on Kafka Streams, next to those of every service. */
public final class StreamsOptions {
  @Option(
      names = "--ops-port",
      defaultValue = "${env:MILLRACE_OPS_PORT:-0}",
      description = "Port of /metrics and /health; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int opsPort;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Stream threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  public int opsPort() {
    return opsPort;
  }

  public int threads() {
    return threads;
  }
}
