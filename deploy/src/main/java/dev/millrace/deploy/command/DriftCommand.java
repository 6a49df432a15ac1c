package dev.millrace.deploy.command;

import picocli.CommandLine.Command;

/** The commands of drift. */
@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows and tests the detection of drift, and acknowledges its alerts.",
    subcommands = {DriftShowCommand.class, DriftBacktestCommand.class, DriftAckCommand.class})
public final class DriftCommand {
  /** Public for picocli. */
  public DriftCommand() {}
}
