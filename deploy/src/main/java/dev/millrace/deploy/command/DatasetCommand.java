package dev.millrace.deploy.command;

import picocli.CommandLine.Command;

/** The commands of data sets. */
@Command(
    name = "dataset",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Builds training sets.",
    subcommands = DatasetBuildCommand.class)
public final class DatasetCommand {
  /** Public for picocli. */
  public DatasetCommand() {}
}
