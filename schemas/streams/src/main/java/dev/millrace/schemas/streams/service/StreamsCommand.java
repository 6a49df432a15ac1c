package dev.millrace.schemas.streams.service;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.service.OpsOptions;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * The command that runs a service for one pipeline until the process is stopped. A service extends
 * it with its settings, its topics and its topology.
 */
public abstract class StreamsCommand implements Callable<Integer> {
  private final String service;

  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final OpsOptions ops = new OpsOptions();
  @Mixin private final StreamsOptions streams = new StreamsOptions();

  /**
   * @param service name of the service, such as {@code ingest}
   */
  protected StreamsCommand(String service) {
    this.service = service;
  }

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments or a wrong pipeline. */
  @Override
  public final Integer call() throws IOException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = options.pipeline();
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    Properties client = options.clientProperties();
    Properties settings =
        StreamsDefaults.of(
            ProcessNames.application(service, pipeline),
            pipeline,
            options.bootstrapServers(),
            streams.stateDir(),
            streams.threads());
    configure(settings);
    settings.putAll(client);
    try (Admin admin = Admin.create(client)) {
      try {
        checkTopics(admin, pipeline);
      } catch (IllegalStateException e) {
        System.err.println(e.getMessage());
        return ExitCode.SOFTWARE;
      }
      return run(new ServiceContext(service, pipeline, settings, options, admin, ops.address()));
    }
  }

  /**
   * Sets the settings that differ from {@link StreamsDefaults}. The user's client settings come
   * after it.
   *
   * @param settings of Kafka Streams
   */
  protected abstract void configure(Properties settings) throws IOException;

  /**
   * Checks that the topology's topics exist and have the right number of partitions.
   *
   * @throws IllegalStateException with the message for the user, if they are not
   */
  protected abstract void checkTopics(Admin admin, Pipeline pipeline);

  /**
   * Builds the topology and runs it, see {@link ServiceContext#run}.
   *
   * @return the exit code
   */
  protected abstract int run(ServiceContext start) throws IOException, InterruptedException;
}
