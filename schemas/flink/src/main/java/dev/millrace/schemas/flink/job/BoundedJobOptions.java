package dev.millrace.schemas.flink.job;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of a job that reads ranges of topics, writes files and ends. */
public final class BoundedJobOptions {
  @Option(
      names = "--ranges",
      paramLabel = "FILE",
      required = true,
      description =
          "The offsets to read, a line for each partition of the topics: topic, partition, first"
              + " offset, offset after the last record, and for each arrival partition of its"
              + " events ARRIVAL:OFFSET of the last one, with spaces between them.")
  @SuppressWarnings("NullAway.Init")
  private Path ranges;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for the results, Avro files.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--temporary",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for Flink's state.")
  @SuppressWarnings("NullAway.Init")
  private Path temporary;

  /** The file of the ranges to read. */
  public Path ranges() {
    return ranges;
  }

  /** The directory for the results. */
  public Path out() {
    return out;
  }

  /** The directory for Flink's state. */
  public Path temporary() {
    return temporary;
  }
}
