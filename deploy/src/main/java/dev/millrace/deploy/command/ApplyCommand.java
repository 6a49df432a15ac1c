package dev.millrace.deploy.command;

import dev.millrace.deploy.evolution.Evolution;
import dev.millrace.deploy.evolution.RunningPlatform;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts a changed pipeline file into service. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description =
        "Puts a changed pipeline file into service on a running platform; the definition in service stays until the end.",
    footer = {
      "",
      "New and changed views are computed from their first event by a second features job. When its"
          + " vectors have reached the newest events, inference is restarted with the file: the"
          + " only pause. After a failure, the same command continues.",
      "On a cluster that 'millrace up' has not started it creates topics and schemas, waits for"
          + " the new features job, and prints what is to be done by hand; it then exits with 3."
    })
public final class ApplyCommand implements Callable<Integer> {
  private static final int STEPS_LEFT = 3;

  @Option(
      names = "--delete-retired",
      description = "Delete the topics of vectors and features that are not written any more.")
  private boolean deleteRetired;

  @Option(
      names = "--mark-serving",
      description = "On another cluster: record that inference runs with this file.")
  private boolean markServing;

  @Mixin private EvolutionOptions options = new EvolutionOptions();

  /** Public for picocli. */
  public ApplyCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    return switch (result(options.evolution())) {
      case NOTHING_TO_DO -> 0;
      case CHANGES -> STEPS_LEFT;
      case NOT_POSSIBLE -> 1;
    };
  }

  private Evolution.Result result(Evolution evolution) throws InterruptedException {
    var selection = options.selection();
    if (selection.isNamed()) {
      if (deleteRetired) {
        throw new PlatformException(
            "--delete-retired needs a local platform; delete the topics with Kafka's tools");
      }
      return markServing ? evolution.markServing() : evolution.assist();
    }
    if (markServing) {
      throw new PlatformException(
          "--mark-serving is for other clusters; on a local platform apply does it itself");
    }
    var platform =
        new RunningPlatform(Distribution.current(), selection.directory(), selection.running());
    return evolution.applyTo(platform, deleteRetired);
  }
}
