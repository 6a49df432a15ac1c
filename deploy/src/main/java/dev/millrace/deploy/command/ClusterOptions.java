package dev.millrace.deploy.command;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.platform.RunningPlatform;
import dev.millrace.schemas.service.ConnectionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which cluster a command works on: a platform that runs here, or one that is named. */
final class ClusterOptions {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = UpCommand.DEFAULT_DIR,
      description = "Directory of the running platform (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(UpCommand.DEFAULT_DIR);

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /**
   * A cluster.
   *
   * @param client settings of every Kafka client, the brokers among them
   * @param registry URL of the schema registry
   * @param pipeline the name of the pipeline that runs on it; empty when that is not known
   */
  record Cluster(Properties client, String registry, String pipeline) {
    String bootstrapServers() {
      return client.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }
  }

  /**
   * The cluster meant.
   *
   * @throws PlatformException when none is named and none runs here
   * @throws IOException if the file of client settings cannot be read
   */
  Cluster find() throws IOException {
    if (connection.namesBrokers() && connection.namesRegistry()) {
      return new Cluster(connection.clientProperties(), connection.registryUrl(), "");
    }
    if (connection.namesBrokers() || connection.namesRegistry()) {
      throw new PlatformException("--bootstrap-servers and --registry need each other; name both");
    }
    var running =
        RunningPlatform.in(directory)
            .orElseThrow(
                () ->
                    new PlatformException(
                        ("no platform runs in %s; start one with 'millrace up PIPELINE', name its"
                                + " directory with --dir, or a cluster with --bootstrap-servers and"
                                + " --registry")
                            .formatted(directory)));
    return new Cluster(
        connection.clientProperties(running.bootstrapServers()),
        running.registry(),
        running.pipeline());
  }

  /**
   * The options of a command in another process that connects to the cluster meant.
   *
   * @throws PlatformException when none is named and none runs here
   * @throws IOException if the file of client settings cannot be read
   */
  List<String> arguments() throws IOException {
    var found = find();
    return connection.arguments(found.bootstrapServers(), found.registry());
  }
}
