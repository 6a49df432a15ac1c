package dev.millrace.deploy.command;

import picocli.CommandLine.Command;

/** Publishes files to a pipeline's source topics. */
@Command(
    name = "replay",
    description = "Publishes CSV or JSON-lines files to the source topics of a running pipeline.")
public final class ReplayCommand extends IngestCommand {
  /** Public for picocli. */
  public ReplayCommand() {
    super("replay");
  }
}
