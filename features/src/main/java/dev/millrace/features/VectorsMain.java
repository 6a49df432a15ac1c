package dev.millrace.features;

import dev.millrace.schemas.flink.job.JobDefaults;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.service.ServiceOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Computes the vectors of a range of events, on a Flink cluster in this process, and ends. The
 * pipeline is aligned, so that the same ranges give the same vectors.
 */
@Command(
    name = "vectors",
    mixinStandardHelpOptions = true,
    description = "Computes the vectors of ranges of clean events, and writes them to files.")
public final class VectorsMain {
  /** Vectors are read when the job has ended, so throughput counts, not latency. */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(100);

  /** An outage of the registry that is longer fails the job. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(30);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--ranges",
      paramLabel = "FILE",
      required = true,
      description =
          "The offsets to read, a line for each partition of the clean topics: topic, partition,"
              + " first offset, offset after the last record, and for each arrival partition of its"
              + " events ARRIVAL:OFFSET of the last one, with spaces between them.")
  @SuppressWarnings("NullAway.Init")
  private Path ranges;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for the vectors, Avro files.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--temporary",
      paramLabel = "DIR",
      required = true,
      description = "An existing directory for Flink's state.")
  @SuppressWarnings("NullAway.Init")
  private Path temporary;

  private VectorsMain() {}

  /**
   * Computes the vectors.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws Exception if the job fails
   */
  public static void main(String[] args) throws Exception {
    VectorsMain main = new VectorsMain();
    if (!CommandLine.printHelpIfRequested(new CommandLine(main).parseArgs(args))) {
      main.run();
    }
  }

  private void run() throws Exception {
    Pipeline pipeline = options.pipeline().aligned();
    StreamExecutionEnvironment env =
        SubmissionTarget.environment(JobDefaults.bounded(temporary, BUFFER_TIMEOUT));
    new VectorsJob(
            pipeline,
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            OffsetRange.read(ranges))
        .addTo(env, out);
    env.execute(ProcessNames.featuresJob(pipeline) + "-bounded");
  }
}
