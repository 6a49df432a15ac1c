package dev.millrace.deploy;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line, {@code millrace}. */
@Command(
    name = "millrace",
    description = "Brings Kafka streams to machine-learning models and keeps the models honest.",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT)
public final class Cli {
  private Cli() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Cli()).execute(arguments));
  }
}
