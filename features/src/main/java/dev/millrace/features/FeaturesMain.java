package dev.millrace.features;

import dev.millrace.features.generation.BackfillBoundaries;
import dev.millrace.features.generation.GenerationRecords;
import dev.millrace.features.generation.StartingPoint;
import dev.millrace.features.generation.StartingPoints;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.job.CheckpointDirectory;
import dev.millrace.schemas.flink.job.JobDefaults;
import dev.millrace.schemas.flink.job.JobOptions;
import dev.millrace.schemas.flink.job.PipelineArgument;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.topics.GenerationLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Submits the features job of one generation of a pipeline and returns when the job is accepted.
 * The job runs on the cluster whose client runs this process; without such a client, on a cluster
 * in this process.
 */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description =
        "Computes the feature views of a pipeline from its clean events, as a Flink job. It takes a checkpoint every 10s by default.")
public final class FeaturesMain {
  private static final Logger log = LoggerFactory.getLogger(FeaturesMain.class);

  /**
   * The longest time that a record waits in a network buffer for more records. A question passes
   * two buffers and one for each further lookup. Each output of each task has a thread that sends
   * its buffers at this interval: with 1 ms, these threads take a tenth of a core.
   */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(10);

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /**
   * Retry timeout of the registry: after it the waiting task fails, and the job restarts from its
   * checkpoint. It is half of Flink's default checkpoint timeout (10 min), since checkpoints are
   * blocked while the task waits.
   */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofMinutes(5);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Mixin private final JobOptions jobOptions = new JobOptions();

  @Option(
      names = "--restore",
      paramLabel = "DIR",
      description =
          "A savepoint from which the job starts if it has no checkpoint of its own, or another generation has served since: of this generation of features or of another one of the pipeline. Flink deletes it when the job has newer checkpoints.")
  private @Nullable Path savepoint;

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
    if (!CommandLine.printHelpIfRequested(PipelineArgument.commandLine(main).parseArgs(args))) {
      main.submit();
    }
  }

  private void submit() throws Exception {
    Pipeline pipeline = options.pipeline();
    if (pipeline.lookups().isEmpty()) {
      log.warn("Pipeline {} has no feature views: there is nothing to run.", pipeline.name());
      return;
    }
    String name = ProcessNames.featuresJob(pipeline);
    Configuration settings = settings(jobOptions.checkpointInterval(CHECKPOINT_INTERVAL));
    jobOptions.applyTo(settings, name);
    Registry registry =
        RegistryFactory.http(options.registryUrl(), ServiceOptions.STARTUP_RETRY_TIMEOUT).connect();
    WrittenSchemas schemas =
        WrittenSchemas.register(registry, pipeline, FeaturesJob.writtenTopics(pipeline));
    StreamExecutionEnvironment env = SubmissionTarget.environment(settings);
    String named = env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
    StartingPoint start = start(pipeline, registry, named == null ? null : Checkpoint.at(named));
    System.out.printf("%s %s%n", name, start.text());
    Configuration restored = new Configuration();
    if (named == null) {
      start.restoreIn(restored);
    } else {
      // Who named it decides whether the job owns it.
      restored.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
    }
    env.configure(restored);
    new FeaturesJob(
            pipeline,
            start.plan(),
            options.clientProperties(),
            RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
            schemas)
        .addTo(env);
    SubmissionTarget.submit(env, name);
  }

  /**
   * Finds where the job starts, and writes the record of its generation before it runs.
   *
   * @param named the savepoint that the cluster's client names, as with {@code flink run -s}; the
   *     checkpoints in the state directory are then not used; null: none
   */
  private StartingPoint start(Pipeline pipeline, Registry registry, @Nullable Checkpoint named)
      throws Exception {
    GenerationLog generations = new GenerationLog(pipeline, options.clientProperties(), registry);
    Map<String, FeatureGeneration> records = generations.read();
    String own = ProcessNames.featuresJob(pipeline);
    String prefix = ProcessNames.featuresJobPrefix(pipeline.name());
    Map<String, Checkpoint> others = new HashMap<>();
    if (named == null && jobOptions.stateDir() != null) {
      CheckpointDirectory.all(jobOptions.stateDir(), prefix)
          .forEach(
              (job, directory) ->
                  directory
                      .newest()
                      .ifPresent(newest -> others.put(job.substring(prefix.length()), newest)));
      others.remove(Generation.of(pipeline));
    }
    BackfillBoundaries boundaries = new BackfillBoundaries(pipeline, options.clientProperties());
    StartingPoint start =
        new StartingPoints(pipeline, records, boundaries::now, JobOperators.INSTANCE)
            .find(
                named != null
                    ? null
                    : jobOptions.checkpoints(own).flatMap(CheckpointDirectory::newest).orElse(null),
                named != null || savepoint == null ? named : Checkpoint.in(savepoint),
                others);
    FeatureGeneration known = records.get(Generation.of(pipeline));
    if (start.isNew() || (known != null && GenerationRecords.isRetired(known))) {
      generations.write(List.of(GenerationRecords.record(pipeline, start, known, Instant.now())));
    }
    return start;
  }

  /** The job's Flink settings. */
  static Configuration settings(Duration checkpointInterval) {
    return JobDefaults.settings(checkpointInterval, BUFFER_TIMEOUT);
  }
}
