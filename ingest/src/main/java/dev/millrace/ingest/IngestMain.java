package dev.millrace.ingest;

import dev.millrace.schemas.pipeline.ProcessNames;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of ingest. */
@Command(
    name = ProcessNames.INGEST,
    mixinStandardHelpOptions = true,
    description = "Checks events and writes them to the clean topics.",
    subcommands = {RunCommand.class})
public final class IngestMain {
  private IngestMain() {}

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IngestMain()).execute(args));
  }
}
