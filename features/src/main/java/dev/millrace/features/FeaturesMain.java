package dev.millrace.features;

import dev.millrace.schemas.flink.job.CheckpointDirectory;
import dev.millrace.schemas.flink.job.JobDefaults;
import dev.millrace.schemas.flink.job.JobOptions;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.ServiceOptions;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Submits the features job of one pipeline and returns when the job is accepted. The job runs on
 * the cluster whose client runs this process; without such a client, on a cluster in this process.
 */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description =
        "Computes the feature views of a pipeline from its clean events, as a Flink job. It takes a checkpoint every 10s by default.")
public final class FeaturesMain {
  /**
   * With this timeout a row is sent within a few milliseconds; larger buffers are useful only for a
   * backlog.
   */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(1);

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /**
   * Retry timeout of the registry: after it the waiting task fails, and the job restarts from its
   * checkpoint. It is half of Flink's default checkpoint timeout (10 min), since checkpoints are
   * blocked while the task waits.
   */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofMinutes(5);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Mixin private final JobOptions jobOptions = new JobOptions();

  private FeaturesMain() {}

  /**
   * Submits the job.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws Exception if the cluster does not accept the job
   */
  public static void main(String[] args) throws Exception {
    FeaturesMain main = new FeaturesMain();
    if (!CommandLine.printHelpIfRequested(new CommandLine(main).parseArgs(args))) {
      main.submit();
    }
  }

  private void submit() throws Exception {
    Pipeline pipeline = options.pipeline();
    String name = FeaturesJob.name(pipeline);
    Configuration settings = settings(jobOptions.checkpointInterval(CHECKPOINT_INTERVAL));
    jobOptions.applyTo(settings, name);
    jobOptions
        .checkpoints(name)
        .flatMap(CheckpointDirectory::newest)
        .ifPresent(checkpoint -> checkpoint.restoreIn(settings));
    StreamExecutionEnvironment env = SubmissionTarget.environment(settings);
    new FeaturesJob(
            pipeline,
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            registerSchemas(pipeline))
        .addTo(env);
    SubmissionTarget.submit(env, name);
  }

  private WrittenSchemas registerSchemas(Pipeline pipeline) {
    RegistryFactory registry =
        RegistryFactory.http(options.registryUrl(), ServiceOptions.STARTUP_RETRY_TIMEOUT);
    return WrittenSchemas.register(
        registry.connect(), pipeline, FeaturesJob.writtenTopics(pipeline));
  }

  /** The job's Flink settings. */
  static Configuration settings(Duration checkpointInterval) {
    return JobDefaults.settings(checkpointInterval, BUFFER_TIMEOUT);
  }
}
