package dev.millrace.deploy.command;

import dev.millrace.deploy.drift.DriftTopics;
import dev.millrace.deploy.drift.view.DriftJson;
import dev.millrace.deploy.drift.view.DriftState;
import dev.millrace.deploy.drift.view.StateTable;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the present state of drift. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows the present state: model version, alerts, and the tests of the newest window by"
            + " feature.")
public final class DriftShowCommand implements Callable<Integer> {
  private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(30);

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(names = "--json", description = "Print the records as JSON.")
  private boolean json;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public DriftShowCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Cluster cluster = clusterOptions.cluster();
    return clusterOptions.answering(cluster, () -> show(pipeline, cluster));
  }

  private int show(Pipeline pipeline, Cluster cluster) {
    try {
      DriftState state =
          new DriftTopics(
                  pipeline,
                  cluster.clientSettings(),
                  Registry.http(cluster.registryUrl()).caching().retrying(REGISTRY_TIMEOUT))
              .read();
      System.out.print(
          json ? DriftJson.of(state, AvroJson::of) : StateTable.of(state, TerminalWidth.columns()));
      return 0;
    } catch (UnknownTopicOrPartitionException e) {
      throw new PlatformException(
          "pipeline %s has no topics of drift on this cluster; start it once with 'millrace up'"
              .formatted(pipeline.name()),
          e);
    }
  }
}
