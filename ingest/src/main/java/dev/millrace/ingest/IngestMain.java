package dev.millrace.ingest;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Everything that brings events in. */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = "Brings events in.",
    subcommands = {RunCommand.class})
public final class IngestMain {
  private IngestMain() {}

  /** Exits with 0 after a stop or at the end, 1 after a failure, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IngestMain()).execute(args));
  }
}
