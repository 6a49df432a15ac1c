package dev.millrace.deploy.command;

import picocli.CommandLine.Command;

/** Publishes simulated payments. */
@Command(
    name = "simulate",
    description = "Publishes simulated payments, with frauds and their chargebacks.")
public final class SimulateCommand extends IngestCommand {
  /** Public for picocli. */
  public SimulateCommand() {
    super("simulate");
  }
}
