package dev.millrace.deploy;

import dev.millrace.deploy.command.ApplyCommand;
import dev.millrace.deploy.command.ClusterSelectionOptions;
import dev.millrace.deploy.command.DatasetCommand;
import dev.millrace.deploy.command.DlqCommand;
import dev.millrace.deploy.command.DoctorCommand;
import dev.millrace.deploy.command.DriftCommand;
import dev.millrace.deploy.command.ExportCommand;
import dev.millrace.deploy.command.LineageCommand;
import dev.millrace.deploy.command.PlanCommand;
import dev.millrace.deploy.command.ProfileCommand;
import dev.millrace.deploy.command.ProvisionCommand;
import dev.millrace.deploy.command.SubmitCommand;
import dev.millrace.deploy.command.UpCommand;
import dev.millrace.deploy.command.ValidateCommand;
import dev.millrace.deploy.demo.DemoCommand;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.ingest.producer.replay.ReplayCommand;
import dev.millrace.ingest.producer.simulate.SimulateCommand;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.registry.RegistryUnavailable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code millrace}. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Scores Kafka streams with machine-learning models and detects their drift.")
public final class Cli implements Runnable {
  private final CommandLine line = commandLine(this);

  private Cli() {}

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Returns 0 on success, 1 on a failure, 2 on invalid arguments or an invalid pipeline. */
  public static int execute(String... arguments) {
    return new Cli().line.execute(arguments);
  }

  /** Without a subcommand, prints the usage. */
  @Override
  public void run() {
    line.usage(System.out);
  }

  static CommandLine commandLine(Object cli) {
    return new CommandLine(cli)
        .addSubcommand(new DemoCommand())
        .addSubcommand(new UpCommand())
        .addSubcommand(new ValidateCommand())
        .addSubcommand(new ProvisionCommand())
        .addSubcommand(new DoctorCommand())
        .addSubcommand(new ReplayCommand(new ClusterSelectionOptions()))
        .addSubcommand(new SimulateCommand(new ClusterSelectionOptions()))
        .addSubcommand(new PlanCommand())
        .addSubcommand(new ApplyCommand())
        .addSubcommand(new SubmitCommand())
        .addSubcommand(new ExportCommand())
        .addSubcommand(new DatasetCommand())
        .addSubcommand(new DriftCommand())
        .addSubcommand(new LineageCommand())
        .addSubcommand(new DlqCommand())
        .addSubcommand(new ProfileCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof PipelineException mistakes) {
                System.err.println(mistakes.getMessage());
                return CommandLine.ExitCode.USAGE;
              }
              if (failure instanceof PlatformException || failure instanceof RegistryUnavailable) {
                System.err.println("millrace: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw failure;
            });
  }
}
