package dev.millrace.schemas.service;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every service: the pipeline, and the addresses of Kafka and the registry. */
public final class ServiceOptions {
  /**
   * Retry timeout of the registry at the start of a service, since the registry may be starting,
   * too.
   */
  public static final Duration STARTUP_RETRY_TIMEOUT = Duration.ofMinutes(2);

  @Option(names = "--pipeline", required = true, description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  /**
   * Reads the pipeline file.
   *
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a file with mistakes
   */
  public Pipeline pipeline() {
    return PipelineFile.load(pipelineFile);
  }

  public String bootstrapServers() {
    return connection.bootstrapServers();
  }

  public String registryUrl() {
    return connection.registryUrl();
  }

  /**
   * The registry, with lookups cached. It does not retry: callers add retries, each with its own
   * timeout, so that only lookups of new ids wait.
   */
  public Registry registry() {
    return Registry.http(registryUrl()).caching();
  }

  /**
   * The settings of every Kafka client: those of the user's file, in UTF-8, if there is one, and
   * the brokers of the option, which override those of the file.
   *
   * @throws IOException if the file cannot be read
   */
  public Properties clientProperties() throws IOException {
    return connection.clientProperties();
  }
}
