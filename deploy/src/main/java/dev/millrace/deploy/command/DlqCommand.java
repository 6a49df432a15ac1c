package dev.millrace.deploy.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands about dead letters. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    description = "Lists, shows and publishes again the dead letters of a pipeline.",
    subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqReplayCommand.class})
public final class DlqCommand implements Runnable {
  // Set by picocli before run.
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  /** Public for picocli. */
  public DlqCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: millrace dlq list, show or replay");
  }
}
