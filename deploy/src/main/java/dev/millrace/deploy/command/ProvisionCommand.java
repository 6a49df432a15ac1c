package dev.millrace.deploy.command;

import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.deploy.provision.ProvisionPlan;
import dev.millrace.deploy.provision.ProvisionText;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the topics and subjects of a pipeline. */
@Command(
    name = "provision",
    mixinStandardHelpOptions = true,
    description =
        "Creates the topics and subjects of a pipeline, and compares those that exist. Safe to run"
            + " again.",
    footer = {
      "",
      "Exit code 0: everything is as wanted. 1: something differs and was not changed, or Kafka or"
          + " the registry does not answer. 2: wrong arguments, or a file with mistakes."
    })
public final class ProvisionCommand implements Callable<Integer> {
  // Set by picocli before call.
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Replicas of each partition. Default: the brokers' default.replication.factor.")
  private @Nullable Short replicas;

  @Option(
      names = "--min-isr",
      paramLabel = "N",
      description =
          "min.insync.replicas of each topic, such as 2 of 3 replicas. Default: that of the"
              + " brokers.")
  private @Nullable Integer minIsr;

  @Option(
      names = "--alter",
      description =
          "Change settings of existing topics and subjects that differ, if no record is lost by"
              + " it.")
  private boolean alter;

  @Option(names = "--dry-run", description = "Print what would be done, and do nothing.")
  private boolean dryRun;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public ProvisionCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Replication replication = new Replication(replicas, minIsr);
    replication
        .mistake()
        .ifPresent(
            mistake -> {
              throw new ParameterException(spec.commandLine(), mistake);
            });
    Cluster cluster = clusterOptions.cluster();
    return clusterOptions.answering(cluster, () -> provision(pipeline, cluster, replication));
  }

  private int provision(Pipeline pipeline, Cluster cluster, Replication replication)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "%s on %s, registry %s"
            .formatted(pipeline.name(), cluster.bootstrapServers(), cluster.registryUrl()));
    Set<Difference.Kind> mended = alter ? Set.of(Difference.Kind.SAFE) : Set.of();
    var topics = new PipelineTopics(cluster, pipeline, replication);
    ProvisionPlan plan = topics.plan();
    if (dryRun) {
      topics.validate(plan);
    } else {
      topics.apply(plan, mended);
    }
    ProvisionText.of(plan, mended, replication, cluster.bootstrapServers(), !dryRun)
        .forEach(out::println);
    if (dryRun) {
      out.println("Nothing was changed (--dry-run).");
    }
    out.flush();
    return plan.left(mended).isEmpty() && plan.subjectsLeft(mended).isEmpty() ? 0 : 1;
  }
}
