package dev.millrace.drift;

import dev.millrace.drift.job.DriftJob;
import dev.millrace.drift.job.FlinkSettings;
import dev.millrace.drift.job.JobSettings;
import dev.millrace.drift.job.OutcomeStateCheck;
import dev.millrace.drift.job.TransactionTimeoutCheck;
import dev.millrace.drift.profile.ReferenceSet;
import dev.millrace.drift.training.ReferenceLoader;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
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
    description = "Joins labels to predictions and looks for drift, as a Flink job.")
public final class DriftMain {
  private static final Logger log = LoggerFactory.getLogger(DriftMain.class);

  /** Then the job restarts, and asks again. */
  private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(1);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR}",
      description =
          "Local directory for checkpoints; the job goes on from the newest one in it. Without it the cluster's own settings hold.")
  private @Nullable Path stateDir;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "PT2S",
      description = "How often outcomes are committed, ISO 8601 (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration checkpointInterval;

  @Option(
      names = "--transaction-timeout",
      defaultValue = "PT15M",
      description =
          "After so long without the job the brokers give its open transaction up (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration transactionTimeout;

  @Option(
      names = "--idle-timeout",
      defaultValue = "PT5S",
      description =
          "After so long a silent partition no longer holds event time back (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration idleTimeout;

  @Option(
      names = "--from-scratch",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "${env:MILLRACE_DRIFT_FROM_SCRATCH:-false}",
      description =
          "Read everything from the beginning, whatever checkpoints there are, and write all outcomes again; those that are there stay.")
  private boolean fromScratch;

  @Option(names = "--parallelism", description = "Default: the cluster's.")
  private @Nullable Integer parallelism;

  private DriftMain() {}

  /**
   * Submits the job.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws IllegalStateException if the brokers do not grant the transactions that it needs, or it
   *     would write outcomes again that are there
   * @throws Exception if the cluster does not accept the job
   */
  public static void main(String[] args) throws Exception {
    DriftMain main = new DriftMain();
    if (!CommandLine.printHelpIfRequested(new CommandLine(main).parseArgs(args))) {
      main.submit();
    }
  }

  private void submit() throws Exception {
    Pipeline pipeline = options.pipeline();
    Properties client = options.clientProperties();
    Configuration configuration = configuration(pipeline);
    try (Admin admin = Admin.create(client)) {
      TransactionTimeoutCheck.check(configuration, transactionTimeout, admin);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(configuration);
    if (!fromScratch) {
      String checkpoint = env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
      OutcomeStateCheck.check(pipeline, checkpoint, stateDir, client);
    }
    ReferenceSet baseline = ReferenceLoader.load(pipeline);
    if (new DriftJob(pipeline, settings(client), register(pipeline)).addTo(env, baseline)) {
      JobClient job = env.executeAsync(DriftJob.name(pipeline));
      System.out.printf("drift of %s: job %s%n", pipeline.name(), job.getJobID());
    } else {
      log.warn(
          "Pipeline {} has neither labels nor drift to look for: there is nothing to run.",
          pipeline.name());
    }
  }

  private Configuration configuration(Pipeline pipeline) {
    Configuration configuration = FlinkSettings.of(checkpointInterval);
    if (parallelism != null) {
      configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    }
    if (stateDir != null) {
      Path checkpoints = stateDir.toAbsolutePath().resolve(DriftJob.name(pipeline));
      FlinkSettings.keep(configuration, checkpoints);
      if (!fromScratch) {
        FlinkSettings.newest(checkpoints).ifPresent(newest -> goOn(configuration, newest));
      }
    }
    return configuration;
  }

  private void goOn(Configuration configuration, Path checkpoint) {
    Instant taken = FlinkSettings.time(checkpoint).toInstant();
    TransactionTimeoutCheck.warnIfLate(taken, Instant.now(), transactionTimeout);
    FlinkSettings.goOn(configuration, checkpoint);
  }

  private JobSettings settings(Properties client) {
    return new JobSettings(
        options.bootstrapServers(),
        client,
        registry(options.registryUrl(), REGISTRY_PATIENCE),
        idleTimeout,
        transactionTimeout);
  }

  /** Registers what the job writes, so that its tasks need not. */
  private Map<String, Integer> register(Pipeline pipeline) {
    Registry registry = registry(options.registryUrl(), ServiceOptions.STARTUP_RETRY_TIMEOUT).get();
    List<String> written =
        List.of(
            Topics.outcomes(pipeline),
            Topics.driftReports(pipeline),
            Topics.alerts(pipeline),
            Topics.retrainingTriggers(pipeline));
    Map<String, Integer> ids = new HashMap<>();
    for (Topics.Topic topic : Topics.of(pipeline)) {
      Schema schema = topic.schema();
      if (schema != null && written.contains(topic.name())) {
        ids.put(topic.name(), registry.register(WireFormat.subject(topic.name()), schema));
      }
    }
    return ids;
  }

  private static SerializableSupplier<Registry> registry(String url, Duration patience) {
    return () -> Registry.http(url).caching().retrying(patience);
  }
}
