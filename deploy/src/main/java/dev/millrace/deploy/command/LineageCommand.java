package dev.millrace.deploy.command;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints where a feature comes from and what uses it. */
@Command(
    name = "lineage",
    mixinStandardHelpOptions = true,
    description =
        "Prints a feature's source field, contract rules, view and lookups, and the inputs of models that use it.")
public final class LineageCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "FEATURE",
      description =
          "A feature as view.feature or lookup.feature, such as origin.delay_minutes_avg_3h.")
  private String feature = "";

  /** Public for picocli. */
  public LineageCommand() {}

  @Override
  public Integer call() {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Lineage lineage = Lineage.of(pipeline, feature);
    if (lineage == null) {
      throw new PlatformException(Lineage.unknown(pipeline, feature));
    }
    System.out.print(lineage.text());
    return 0;
  }
}
