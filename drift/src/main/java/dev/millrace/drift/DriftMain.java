package dev.millrace.drift;

import dev.millrace.drift.job.DriftJob;
import dev.millrace.drift.job.DriftSettings;
import dev.millrace.drift.job.DuplicateOutcomeCheck;
import dev.millrace.drift.job.KafkaConnectors;
import dev.millrace.drift.job.TransactionTimeoutCheck;
import dev.millrace.drift.training.ReferenceLoader;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.job.CheckpointDirectory;
import dev.millrace.schemas.flink.job.JobOptions;
import dev.millrace.schemas.flink.job.PipelineArgument;
import dev.millrace.schemas.flink.job.SubmissionTarget;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.TransactionTimeouts;
import dev.millrace.schemas.service.DurationConverter;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Submits the drift job of one pipeline to the Flink cluster that it is started on. */
@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    description = "Joins labels to predictions and detects drift, as a Flink job.")
public final class DriftMain {
  private static final Logger log = LoggerFactory.getLogger(DriftMain.class);

  /** Retry timeout of a running job; after it the job restarts from its checkpoint. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofMinutes(1);

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(2);

  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final JobOptions job = new JobOptions();

  @Option(
      names = "--transaction-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = TransactionTimeouts.DRIFT,
      description =
          "Time after which the brokers abort a transaction that the job has left open (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration transactionTimeout;

  @Option(
      names = "--from-scratch",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "${env:MILLRACE_DRIFT_FROM_SCRATCH:-false}",
      description =
          "Ignore all checkpoints, read everything from the beginning and write all outcomes a second time.")
  private boolean fromScratch;

  private DriftMain() {}

  /**
   * Submits the job.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws IllegalStateException if the brokers do not allow the transactions that it needs, or it
   *     would write outcomes a second time
   * @throws Exception if the cluster does not accept the job
   */
  public static void main(String[] args) throws Exception {
    DriftMain main = new DriftMain();
    if (!CommandLine.printHelpIfRequested(PipelineArgument.commandLine(main).parseArgs(args))) {
      main.submit();
    }
  }

  private void submit() throws Exception {
    Pipeline pipeline = options.pipeline();
    Properties client = options.clientProperties();
    Configuration settings = settings(pipeline);
    try (Admin admin = Admin.create(client)) {
      TransactionTimeoutCheck.check(settings, transactionTimeout, admin);
    }
    StreamExecutionEnvironment env = SubmissionTarget.environment(settings);
    if (!fromScratch) {
      restoreNewest(env, ProcessNames.driftJob(pipeline.name()));
      String checkpoint = env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
      DuplicateOutcomeCheck.check(pipeline, checkpoint, job.stateDir(), client);
    }
    DriftJob drift = new DriftJob(pipeline, ends(pipeline, client));
    if (drift.addTo(env, ReferenceLoader.load(pipeline), ReferenceLoader.quality(pipeline))) {
      SubmissionTarget.submit(env, ProcessNames.driftJob(pipeline.name()));
    } else {
      log.warn(
          "Pipeline {} has neither a 'labels' nor a 'drift' section: there is nothing to run.",
          pipeline.name());
    }
  }

  private Configuration settings(Pipeline pipeline) {
    String name = ProcessNames.driftJob(pipeline.name());
    Configuration settings = DriftSettings.of(job.checkpointInterval(CHECKPOINT_INTERVAL));
    job.applyTo(settings, name);
    return settings;
  }

  /**
   * Restores the savepoint that the cluster's client names, as with {@code flink run -s}, or else
   * the newest checkpoint in the state directory.
   */
  private void restoreNewest(StreamExecutionEnvironment env, String name) {
    String named = env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
    Configuration restored = new Configuration();
    if (named != null) {
      restored.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
      warnIfLate(Checkpoint.at(named));
    } else {
      job.checkpoints(name)
          .flatMap(CheckpointDirectory::newest)
          .ifPresent(
              newest -> {
                warnIfLate(newest);
                newest.restoreIn(restored);
              });
    }
    env.configure(restored);
  }

  private void warnIfLate(Checkpoint checkpoint) {
    TransactionTimeoutCheck.warnIfLate(checkpoint.completedAt(), Instant.now(), transactionTimeout);
  }

  private KafkaConnectors ends(Pipeline pipeline, Properties client) {
    List<String> written =
        List.of(
            Topics.outcomes(pipeline),
            Topics.driftReports(pipeline),
            Topics.qualityReports(pipeline),
            Topics.alerts(pipeline),
            Topics.retrainingTriggers(pipeline));
    return new KafkaConnectors(
        pipeline,
        client,
        RegistryFactory.http(options.registryUrl(), REGISTRY_RETRY_TIMEOUT),
        WrittenSchemas.register(
            options.registry().retrying(ServiceOptions.STARTUP_RETRY_TIMEOUT), pipeline, written),
        transactionTimeout);
  }
}
