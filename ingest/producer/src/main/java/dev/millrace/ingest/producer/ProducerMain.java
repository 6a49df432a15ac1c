package dev.millrace.ingest.producer;

import dev.millrace.ingest.producer.replay.ReplayCommand;
import dev.millrace.ingest.producer.simulate.SimulateCommand;
import dev.millrace.schemas.service.ConnectionOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that publish events, as a separate program. */
@Command(name = "producer", mixinStandardHelpOptions = true, description = "Publishes events.")
public final class ProducerMain {
  private ProducerMain() {}

  /**
   * Exits with 0 at the end, 1 after a failure, 2 on wrong arguments, 130 or 143 after a signal.
   */
  public static void main(String[] args) {
    CommandLine commands =
        new CommandLine(new ProducerMain())
            .addSubcommand(new ReplayCommand(new ConnectionOptions()))
            .addSubcommand(new SimulateCommand(new ConnectionOptions()));
    System.exit(commands.execute(args));
  }
}
