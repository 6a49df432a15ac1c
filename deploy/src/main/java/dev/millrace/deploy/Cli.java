package dev.millrace.deploy;

import dev.millrace.deploy.command.ExportCommand;
import dev.millrace.deploy.command.ProfileCommand;
import dev.millrace.deploy.command.ReplayCommand;
import dev.millrace.deploy.command.SimulateCommand;
import dev.millrace.deploy.command.UpCommand;
import dev.millrace.deploy.command.ValidateCommand;
import dev.millrace.deploy.demo.DemoCommand;
import dev.millrace.deploy.platform.PlatformException;
import dev.millrace.schemas.pipeline.file.PipelineException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line, {@code millrace}. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Brings Kafka streams to machine-learning models and keeps the models honest.",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      ValidateCommand.class,
      ReplayCommand.class,
      SimulateCommand.class,
      ExportCommand.class,
      ProfileCommand.class
    })
public final class Cli implements Runnable {
  private final CommandLine line = commandLine(this);

  private Cli() {}

  /** Exits with 0 after success, 1 after a failure, 2 on wrong arguments or a wrong pipeline. */
  public static void main(String[] arguments) {
    System.exit(new Cli().line.execute(arguments));
  }

  /** Without a subcommand it shows which there are. */
  @Override
  public void run() {
    line.usage(System.out);
  }

  static CommandLine commandLine(Object cli) {
    return new CommandLine(cli)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof PipelineException mistakes) {
                System.err.println(mistakes.getMessage());
                return CommandLine.ExitCode.USAGE;
              }
              if (failure instanceof PlatformException) {
                System.err.println("millrace: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw failure;
            });
  }
}
