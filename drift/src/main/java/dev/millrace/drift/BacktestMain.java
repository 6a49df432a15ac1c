package dev.millrace.drift;

import dev.millrace.drift.job.BacktestConnectors;
import dev.millrace.drift.job.DriftJob;
import dev.millrace.drift.job.DriftSettings;
import dev.millrace.drift.training.ReferenceLoader;
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
  @Mixin private final DriftOverrides overrides = new DriftOverrides();

  @Option(
      names = "--ranges",
      paramLabel = "FILE",
      required = true,
      description =
          "The offsets to read, a line for each partition of the topics of predictions, labels and"
              + " late events: topic, partition, first offset, offset after the last record, and for"
              + " each arrival partition of its events ARRIVAL:OFFSET of the last one.")
  @SuppressWarnings("NullAway.Init")
  private Path ranges;

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

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for the results, Avro files.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--temporary",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for Flink's state.")
  @SuppressWarnings("NullAway.Init")
  private Path temporary;

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
    StreamExecutionEnvironment env = SubmissionTarget.environment(DriftSettings.bounded(temporary));
    BacktestConnectors ends =
        new BacktestConnectors(
            pipeline,
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            new BacktestConnectors.Input(OffsetRange.read(ranges), from, to),
            out);
    new DriftJob(pipeline, ends, history)
        .addTo(
            env,
            profile == null || modelVersion == null
                ? ReferenceLoader.load(pipeline)
                : ReferenceLoader.load(pipeline, profile, modelVersion));
    env.execute(ProcessNames.driftJob(pipeline.name()) + "-backtest");
  }
}
