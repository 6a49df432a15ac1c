package dev.millrace.deploy.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a changed pipeline file would change. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Compares a pipeline file with the definition in service, and prints what 'millrace apply' would change. Changes nothing.",
    footer = {
      "",
      "Exit code 0: the file can be applied, or serves already. 1: it cannot be applied. 2: wrong"
          + " arguments, or a file with mistakes. With --detailed-exitcode 3: it can be applied and"
          + " changes something."
    })
public final class PlanCommand implements Callable<Integer> {
  private static final int CHANGES = 3;

  @Option(
      names = "--detailed-exitcode",
      description = "Exit with 3 if there are changes, and with 0 only if there are none.")
  private boolean detailed;

  @Mixin private EvolutionOptions options = new EvolutionOptions();

  /** Public for picocli. */
  public PlanCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    return switch (options.evolution().plan()) {
      case NOTHING_TO_DO -> 0;
      case CHANGES -> detailed ? CHANGES : 0;
      case NOT_POSSIBLE -> 1;
    };
  }
}
