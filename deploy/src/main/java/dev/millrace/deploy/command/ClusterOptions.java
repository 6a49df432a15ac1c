package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.PlatformException;
import dev.millrace.deploy.platform.RunningPlatform;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says which cluster a command works on: a platform that runs here, or one that is named. */
final class ClusterOptions {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = UpCommand.DEFAULT_DIR,
      description = "Directory of the running platform (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(UpCommand.DEFAULT_DIR);

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP_SERVERS}",
      description = "Kafka brokers, instead of the running platform's.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY}",
      description = "Schema registry, instead of the running platform's.")
  private @Nullable String registry;

  /**
   * A cluster.
   *
   * @param pipeline the name of the pipeline that runs on it; empty when that is not known
   */
  record Cluster(String bootstrapServers, String registry, String pipeline) {}

  /**
   * The cluster meant.
   *
   * @throws PlatformException when none is named and none runs here
   */
  Cluster find() {
    if (bootstrapServers != null && registry != null) {
      return new Cluster(bootstrapServers, registry, "");
    }
    if (bootstrapServers != null || registry != null) {
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
    return new Cluster(running.bootstrapServers(), running.registry(), running.pipeline());
  }
}
