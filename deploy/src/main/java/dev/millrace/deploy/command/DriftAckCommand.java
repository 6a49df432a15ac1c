package dev.millrace.deploy.command;

import dev.millrace.deploy.alert.AlertTopics;
import dev.millrace.deploy.alert.FiringAlerts;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Acknowledges firing alerts of drift. */
@Command(
    name = "ack",
    mixinStandardHelpOptions = true,
    description =
        "Acknowledges alerts of drift that fire: the same drift does not fire again until it has grown, or returns after it was resolved.")
public final class DriftAckCommand implements Callable<Integer> {
  // Set by picocli before call.
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--alert",
      paramLabel = "KEY",
      description =
          "Key of the alert, or its cause, such as data-drift; needed where several alerts fire.")
  private @Nullable String alert;

  @Option(names = "--all", description = "Acknowledge all alerts that fire.")
  private boolean all;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who acknowledges them (default: ${DEFAULT-VALUE}).")
  private String by = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What is known about them.")
  private String reason = "";

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public DriftAckCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    AlertTopics topics = new AlertTopics(clusterOptions.cluster(), pipeline);
    PrintWriter out = spec.commandLine().getOut();
    for (Alert each : topics.firing().select(alert, all)) {
      topics.write(FiringAlerts.acknowledgement(each, by, reason, Instant.now()));
      out.println(
          "acknowledged  %s  %s  since %s  by %s%s"
              .formatted(
                  each.getKey(),
                  each.getSeverity(),
                  each.getSince(),
                  by,
                  reason.isEmpty() ? "" : ": " + reason));
    }
    out.println(
        "The drift job publishes them as ACKNOWLEDGED. They fire again when the drift has grown, and when it returns after it was resolved.");
    out.flush();
    return 0;
  }
}
