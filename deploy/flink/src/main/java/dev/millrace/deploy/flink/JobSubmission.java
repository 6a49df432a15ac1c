package dev.millrace.deploy.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Submits the jobs of a pipeline to the local cluster, as a picocli mixin.
 *
 * <p>The main classes of the jobs are called as Flink's command line calls them: the execution
 * environment is set, they build their job and submit it.
 */
final class JobSubmission {
  /** A job of a pipeline. */
  enum Job {
    FEATURES("dev.millrace.features.FeaturesMain"),
    DRIFT("dev.millrace.drift.DriftMain");

    private final String main;

    Job(String main) {
      this.main = main;
    }

    /** The name in messages, and of its directory in the state directory. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--rest-port", required = true)
  private int restPort;

  @Option(names = "--state-dir", required = true)
  private Path stateDir = Path.of("");

  @Option(names = "--pipeline", required = true)
  private Path pipeline = Path.of("");

  @Option(names = "--bootstrap-servers", required = true)
  private String bootstrapServers = "";

  @Option(names = "--registry", required = true)
  private String registry = "";

  @Option(names = "--parallelism", defaultValue = "${env:MILLRACE_FLINK_PARALLELISM:-1}")
  private int parallelism;

  @Option(names = "--restore")
  private @Nullable Path restore;

  int restPort() {
    return restPort;
  }

  /** Parallel tasks of each operator of a job. */
  int parallelism() {
    return parallelism;
  }

  Path pipeline() {
    return pipeline;
  }

  /**
   * Submits a job and returns when the cluster has accepted it.
   *
   * @throws ReflectiveOperationException if the main class is missing or ends with an exception
   */
  void submit(Job job) throws ReflectiveOperationException {
    StreamContextEnvironment.setAsContext(
        new DefaultExecutorServiceLoader(),
        FlinkSettings.job(restPort, parallelism),
        JobSubmission.class.getClassLoader(),
        false,
        true);
    try {
      Class.forName(job.main)
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments(job).toArray(String[]::new));
    } finally {
      StreamContextEnvironment.unsetAsContext();
    }
  }

  private List<String> arguments(Job job) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--pipeline=" + pipeline);
    arguments.add("--bootstrap-servers=" + bootstrapServers);
    arguments.add("--registry=" + registry);
    arguments.add("--state-dir=" + stateDir.resolve(job.label()));
    if (restore != null) {
      arguments.add("--restore=" + restore);
    }
    return arguments;
  }
}
