package dev.millrace.deploy.command;

import dev.millrace.deploy.evolution.Submission;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.service.ConnectionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits the Flink jobs of a pipeline to any cluster. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description =
        "Submits the features job and the drift job of a pipeline to a Flink cluster, and waits until they run. A job that runs already is not submitted again.",
    footer = {
      "",
      "The pipeline file, its schemas and its models travel with the jar. The addresses of Kafka and"
          + " the registry, and the file of --kafka-properties, are those that the cluster reaches."
    })
public final class SubmitCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--flink",
      paramLabel = "URL",
      required = true,
      description = "Base URL of the cluster's REST API, such as http://jobmanager:8081.")
  private String flink = "";

  @Option(
      names = "--job",
      paramLabel = "JOB",
      description = "Only this job: features or drift. Default: both.")
  private Submission.@Nullable Job job;

  @Option(
      names = "--from-savepoint",
      paramLabel = "PATH",
      description =
          "A savepoint or retained checkpoint from which the job starts; a path or URI that the cluster can read. It needs --job.")
  private @Nullable String savepoint;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Parallel tasks of each operator. Default: the cluster's.")
  private @Nullable Integer parallelism;

  @Option(
      names = "--argument",
      paramLabel = "ARG",
      description =
          "A further argument of the job's main class, such as --argument=--checkpoint-interval=5s.")
  private List<String> arguments = new ArrayList<>();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /** Public for picocli. */
  public SubmitCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (savepoint != null && job == null) {
      throw new PlatformException(
          "--from-savepoint is the state of one job; name it with --job features or --job drift");
    }
    if (!connection.namesBrokers() || !connection.namesRegistry()) {
      throw new PlatformException(
          "give --bootstrap-servers and --registry as the Flink cluster reaches them");
    }
    List<String> all =
        new ArrayList<>(
            connection.arguments(connection.bootstrapServers(), connection.registryUrl()));
    all.addAll(arguments);
    new Submission(flink, Distribution.current().flinkJar(), System.out::println)
        .submit(
            pipelineFile,
            job == null ? List.of(Submission.Job.values()) : List.of(job),
            new Submission.Settings(all, parallelism, savepoint));
    return 0;
  }
}
