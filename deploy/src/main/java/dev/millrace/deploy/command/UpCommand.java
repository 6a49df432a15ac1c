package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.deploy.process.UnexpectedExit;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a pipeline on a local platform until Ctrl-C or SIGTERM. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Runs a pipeline on a local platform until Ctrl-C.",
    footer = {
      "",
      "Starts Kafka, a schema registry, ingest, Flink, inference and, with retrain.call, the service"
          + " that makes this call as processes of this machine.",
      "A port that is in use is replaced by a free one, unless --port names it. DIR keeps topics and"
          + " state: the next start resumes with them."
    })
public final class UpCommand implements Callable<Integer> {
  static final String DEFAULT_DIR = ".millrace";

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = DEFAULT_DIR,
      description = "Directory of topics, state and logs (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(DEFAULT_DIR);

  @Option(
      names = "--port",
      paramLabel = "COMPONENT=PORT",
      description =
          "Port of a component: broker (9092), registry (8081), ingest (9101), flink (9102),"
              + " inference (9103), retrain (9105); 0 for any free port. Can be repeated.")
  private Map<Component, Integer> ports = new EnumMap<>(Component.class);

  @Option(
      names = "--jvm",
      paramLabel = "COMPONENT=FLAG",
      description =
          "A further flag of the JVM of a component, such as inference=-Xmx1g. Can be repeated.")
  private Map<Component, String> jvmFlags = new EnumMap<>(Component.class);

  @Option(
      names = "--restart-crashed",
      description = "Restart a service that exits unexpectedly, instead of stopping the platform.")
  private boolean restartCrashed;

  /** Public for picocli. */
  public UpCommand() {}

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    var pipeline = PipelineFile.load(pipelineFile);
    System.out.printf("Starting %s in %s%n", pipeline.name(), directory);
    try (var platform = LocalPlatform.start(config(), line -> System.out.println("  " + line))) {
      System.out.printf(
          "%n%s is running after %.1f s.%n%n", pipeline.name(), platform.age().toMillis() / 1000.0);
      System.out.println(table(pipeline, platform.endpoints(), platform.logs()));
      String missing = TrainingReferenceCheck.missing(pipeline);
      if (missing != null) {
        System.out.printf("No reference: drift is not detected; %s%n%n", missing);
      }
      System.out.println("Press Ctrl-C to stop.");
      UnexpectedExit exit = platform.unexpectedExit().get();
      System.err.println(exit.message());
      return 1;
    }
  }

  private PlatformConfig config() {
    var flags =
        jvmFlags.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, flag -> List.of(flag.getValue())));
    var config =
        PlatformConfig.of(Distribution.current(), directory, pipelineFile)
            .withPorts(ports)
            .withJvmFlags(flags);
    return restartCrashed ? config.withRestartCrashed() : config;
  }

  private static String table(Pipeline pipeline, Endpoints endpoints, Path logs) {
    var lines = new StringBuilder();
    row(lines, "Kafka", endpoints.bootstrapServers());
    row(lines, "schema registry", endpoints.registryUrl());
    for (var component : Component.values()) {
      if (component.isService() && endpoints.ports().containsKey(component)) {
        row(lines, component.label(), endpoints.ops(component) + "/metrics, /health/ready");
      }
    }
    if (!pipeline.features().isEmpty()) {
      row(lines, "features", endpoints.features() + "/VIEW/KEY");
    }
    row(lines, "logs", logs.toString());
    row(
        lines,
        "publish to",
        pipeline.sources().values().stream().map(Source::topic).collect(Collectors.joining(", ")));
    var published = pipeline.sources().values().stream().map(Source::topic).toList();
    var first = "read from";
    for (var topic : Topics.of(pipeline)) {
      if (!published.contains(topic.name())) {
        row(lines, first, topic.name());
        first = "";
      }
    }
    return lines.toString();
  }

  private static void row(StringBuilder lines, String what, String where) {
    lines.append("  %-16s %s%n".formatted(what, where));
  }
}
