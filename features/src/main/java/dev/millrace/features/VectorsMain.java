package dev.millrace.features;

import dev.millrace.schemas.flink.job.BoundedJobOptions;
import dev.millrace.schemas.flink.job.JobDefaults;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.service.ServiceOptions;
import java.time.Duration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
  @Mixin private final BoundedJobOptions job = new BoundedJobOptions();

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
        SubmissionTarget.environment(JobDefaults.bounded(job.temporary(), BUFFER_TIMEOUT));
    new VectorsJob(
            pipeline,
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            OffsetRange.read(job.ranges()))
        .addTo(env, job.out());
    env.execute(ProcessNames.featuresJob(pipeline) + "-bounded");
  }
}
