package dev.millrace.deploy.command;

import dev.millrace.deploy.evolution.Evolution;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The changed file and the cluster that it is compared with, as a picocli mixin. */
final class EvolutionOptions {
  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Mixin private ClusterSelectionOptions selection = new ClusterSelectionOptions();

  /** The cluster. */
  ClusterSelectionOptions selection() {
    return selection;
  }

  /**
   * The evolution of the pipeline of the file, which prints to the standard output.
   *
   * @throws dev.millrace.deploy.process.PlatformException if the platform does not run, or runs
   *     another pipeline
   * @throws IOException if the file of client settings cannot be read
   */
  Evolution evolution() throws IOException {
    var cluster = selection.cluster();
    selection.requirePipeline(pipelineFile);
    Path platform = selection.isNamed() ? null : selection.directory();
    return new Evolution(cluster, platform, pipelineFile, System.out::println);
  }
}
