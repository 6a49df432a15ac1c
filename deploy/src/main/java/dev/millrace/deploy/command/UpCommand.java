package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.Crash;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.Part;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.TrainingReference;
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

/** Runs a pipeline on a local platform until it is told to stop. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Runs a pipeline on a local platform until Ctrl-C.",
    footer = {
      "",
      "Starts Kafka, a schema registry, ingest, Flink and inference as processes of this machine.",
      "A port that is taken is replaced by a free one, unless it was named. What is in DIR stays"
          + " there: the next start goes on with it."
    })
public final class UpCommand implements Callable<Integer> {
  static final String DEFAULT_DIR = ".millrace";

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = DEFAULT_DIR,
      description = "Where topics, state and logs are kept (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of(DEFAULT_DIR);

  @Option(
      names = "--port",
      paramLabel = "PART=PORT",
      description =
          "Port of a part: broker (9092), registry (8081), ingest (9101), flink (9102), inference"
              + " (9103); 0 takes a free one. May be repeated.")
  private Map<Part, Integer> ports = new EnumMap<>(Part.class);

  @Option(
      names = "--jvm",
      paramLabel = "PART=FLAG",
      description = "A further flag for the JVM of a part, such as inference=-Xmx1g.")
  private Map<Part, String> jvmFlags = new EnumMap<>(Part.class);

  @Option(
      names = "--restart-crashed",
      description = "Start a crashed service again, rather than stop everything.")
  private boolean restartCrashed;

  /** Public for picocli. */
  public UpCommand() {}

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    var pipeline = PipelineFile.load(pipelineFile);
    System.out.printf("Starting %s in %s%n", pipeline.name(), directory);
    try (var platform = LocalPlatform.start(config(), line -> System.out.println("  " + line))) {
      System.out.printf(
          "%n%s runs, after %.1f s.%n%n", pipeline.name(), platform.age().toMillis() / 1000.0);
      System.out.println(table(pipeline, platform.endpoints(), platform.logs()));
      String missing = TrainingReference.missing(pipeline);
      if (missing != null) {
        System.out.printf("No reference: drift is not looked for; %s%n%n", missing);
      }
      System.out.println("Ctrl-C stops it.");
      Crash crash = platform.crashed().get();
      System.err.println(crash.message());
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
            .withJvmOptions(flags);
    return restartCrashed ? config.withRestartCrashed() : config;
  }

  private static String table(Pipeline pipeline, Endpoints endpoints, Path logs) {
    var lines = new StringBuilder();
    row(lines, "Kafka", endpoints.bootstrapServers());
    row(lines, "schema registry", endpoints.registryUrl());
    for (var part : Part.values()) {
      if (part.isService()) {
        row(lines, part.label(), endpoints.ops(part) + "/metrics, /health/ready");
      }
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
