package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.PlatformAddressFile;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.service.ClusterOptions;
import dev.millrace.schemas.service.ConnectionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Selects the cluster of a command: a platform that runs on this machine, or a named cluster. */
public final class ClusterSelectionOptions implements ClusterOptions {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = UpCommand.DEFAULT_DIR,
      description = "Directory of the running platform (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(UpCommand.DEFAULT_DIR);

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /**
   * The selected cluster.
   *
   * @throws PlatformException if no cluster is named and no platform runs in the directory
   * @throws IOException if the file of client settings cannot be read
   */
  @Override
  public Cluster cluster() throws IOException {
    if (isNamed()) {
      return connection.cluster();
    }
    var running = running();
    return new Cluster(connection.clientProperties(running.bootstrapServers()), running.registry());
  }

  /**
   * Runs an action on the cluster.
   *
   * @throws PlatformException if Kafka does not answer
   */
  int answering(Cluster cluster, Work work) throws IOException, InterruptedException {
    try {
      return work.run();
    } catch (TimeoutException e) {
      throw new PlatformException(
          "Kafka at %s does not answer: %s".formatted(cluster.bootstrapServers(), e.getMessage()),
          e);
    }
  }

  /** An action on a cluster; it returns the exit code of the command. */
  interface Work {
    int run() throws IOException, InterruptedException;
  }

  /** The options that give another command this cluster. */
  List<String> arguments(Cluster cluster) {
    return connection.arguments(cluster.bootstrapServers(), cluster.registryUrl());
  }

  /**
   * The name of the pipeline that runs on the platform; empty for a named cluster.
   *
   * @throws PlatformException if no cluster is named and no platform runs in the directory
   */
  String pipeline() {
    return isNamed() ? "" : running().pipeline();
  }

  /**
   * Checks that the platform runs the pipeline of a file.
   *
   * @throws PlatformException if it runs another one
   */
  void requirePipeline(Path file) {
    String wanted = PipelineFile.load(file).name();
    if (!isNamed() && !running().pipeline().equals(wanted)) {
      throw new PlatformException(
          "the platform in %s runs pipeline %s, and %s is pipeline %s; name its directory with --dir"
              .formatted(directory, running().pipeline(), file, wanted));
    }
  }

  /** The directory of the platform. */
  Path directory() {
    return directory;
  }

  /** Whether a cluster is named, and not the platform of a directory. */
  boolean isNamed() {
    if (connection.namesBrokers() != connection.namesRegistry()) {
      throw new PlatformException(
          "--bootstrap-servers and --registry are needed together; give both or neither");
    }
    return connection.namesBrokers();
  }

  /**
   * The platform that runs in the directory.
   *
   * @throws PlatformException if none does
   */
  PlatformAddressFile running() {
    return PlatformAddressFile.in(directory)
        .orElseThrow(
            () ->
                new PlatformException(
                    ("no platform runs in %s; start one with 'millrace up PIPELINE', give its"
                            + " directory with --dir, or a cluster with --bootstrap-servers and"
                            + " --registry")
                        .formatted(directory)));
  }
}
