package dev.millrace.drift;

import dev.millrace.drift.job.BacktestConnectors;
import dev.millrace.drift.job.DriftJob;
import dev.millrace.drift.job.DriftSettings;
import dev.millrace.drift.training.ReferenceLoader;
import dev.millrace.schemas.flink.job.BoundedJobOptions;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.service.DriftOverrides;
import dev.millrace.schemas.service.DurationConverter;
import dev.millrace.schemas.service.ServiceOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Runs the drift job over ranges of the pipeline's topics, on a Flink cluster in this process, and
 * ends. What the job publishes is written to files.
 */
@Command(
    name = "backtest",
    mixinStandardHelpOptions = true,
    description = "Runs the drift job over logged predictions, and writes its results to files.")
public final class BacktestMain {
  /** An outage of the registry that is longer fails the job. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(30);

  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final BoundedJobOptions job = new BoundedJobOptions();
  @Mixin private final DriftOverrides overrides = new DriftOverrides();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      required = true,
      description = "First event time of the predictions.")
  @SuppressWarnings("NullAway.Init")
  private Instant from;

  @Option(names = "--to", paramLabel = "TIME", required = true, description = "Exclusive.")
  @SuppressWarnings("NullAway.Init")
  private Instant to;

  @Option(
      names = "--history",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "0s",
      description = "Event time before --from that the features' windows have filled for.")
  private Duration history = Duration.ZERO;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "The reference (default: profile.json of the pipeline's model).")
  private @Nullable Path profile;

  @Option(
      names = "--model-version",
      paramLabel = "VERSION",
      description = "The model version that --profile belongs to.")
  private @Nullable String modelVersion;

  private BacktestMain() {}

  /**
   * Runs the job to its end.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws Exception if the job fails
   */
  public static void main(String[] args) throws Exception {
    BacktestMain main = new BacktestMain();
    if (!CommandLine.printHelpIfRequested(
        new CommandLine(main).registerConverter(Instant.class, Instant::parse).parseArgs(args))) {
      main.run();
    }
  }

  private void run() throws Exception {
    Pipeline pipeline = overrides.applyTo(options.pipeline());
    StreamExecutionEnvironment env =
        SubmissionTarget.environment(DriftSettings.bounded(job.temporary()));
    BacktestConnectors ends =
        new BacktestConnectors(
            pipeline,
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            new BacktestConnectors.Input(OffsetRange.read(job.ranges()), from, to),
            job.out());
    new DriftJob(pipeline, ends, history)
        .addTo(
            env,
            profile == null || modelVersion == null
                ? ReferenceLoader.load(pipeline)
                : ReferenceLoader.load(pipeline, profile, modelVersion),
            profile == null || modelVersion == null ? ReferenceLoader.quality(pipeline) : null);
    env.execute(ProcessNames.driftJob(pipeline.name()) + "-backtest");
  }
}
