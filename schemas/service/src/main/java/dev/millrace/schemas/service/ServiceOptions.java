package dev.millrace.schemas.service;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.PipelineFile;
import dev.millrace.schemas.registry.CachingRegistry;
import dev.millrace.schemas.registry.HttpRegistry;
import dev.millrace.schemas.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every service: which pipeline, and where Kafka and the schema registry are. */
public final class ServiceOptions {
  /** How long a service that starts waits for the registry: the platform may still be starting. */
  public static final Duration STARTUP_PATIENCE = Duration.ofMinutes(2);

  @Option(names = "--pipeline", required = true, description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  /**
   * Reads the pipeline file.
   *
   * @throws dev.millrace.schemas.pipeline.PipelineException on a file with mistakes
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
   * A registry that remembers but does not wait: patience goes around it, so that only new
   * questions wait.
   */
  public Registry registry() {
    return new CachingRegistry(new HttpRegistry(registryUrl()));
  }

  /**
   * The settings of every Kafka client: those of the user's file, in UTF-8, if there is one, and
   * the brokers, which the option decides and not the file.
   *
   * @throws IOException if the file cannot be read
   */
  public Properties clientProperties() throws IOException {
    return connection.clientProperties();
  }
}
