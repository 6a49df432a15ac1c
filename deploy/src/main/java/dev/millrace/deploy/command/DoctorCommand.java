package dev.millrace.deploy.command;

import dev.millrace.deploy.doctor.Diagnosis;
import dev.millrace.deploy.doctor.Facts.Expected;
import dev.millrace.deploy.doctor.Finding;
import dev.millrace.deploy.doctor.Report;
import dev.millrace.deploy.doctor.facts.Collector;
import dev.millrace.deploy.doctor.facts.Installation;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a live installation. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks a live installation of a pipeline, and says what to change. Creates and changes"
            + " nothing.",
    footer = {
      "",
      "OK: as expected. WARN: works, with a risk. FAIL: does not work, or loses data at the next"
          + " fault. SKIP: cannot be checked, and why.",
      "Exit code 0: no FAIL. 1: a FAIL. 2: wrong arguments, or a file with mistakes."
    })
public final class DoctorCommand implements Callable<Integer> {
  /** Of a cluster that survives the loss of a broker. */
  private static final Replication OF_CLUSTERS = new Replication((short) 3, 2);

  /** The local platform has one broker. */
  private static final Replication OF_ONE_BROKER = new Replication((short) 1, 1);

  /** The features job commits its offsets every 10 s, all others more often. */
  private static final Duration CLOCK_WAIT = Duration.ofSeconds(11);

  // Set by picocli before call.
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Expected replicas of topics. Default: 3; on a local platform 1.")
  private @Nullable Short replicas;

  @Option(
      names = "--min-isr",
      paramLabel = "N",
      description = "Expected min.insync.replicas. Default: 2; with one replica 1.")
  private @Nullable Integer minIsr;

  @Option(
      names = "--max-lag",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Records that a consumer group may be behind (default: ${DEFAULT-VALUE}).")
  private long maxLag = 10_000;

  @Option(
      names = "--service",
      paramLabel = "NAME=URL",
      description =
          "Base URL of /health and /metrics of a service, such as ingest=http://host:9101. Can be"
              + " repeated. Default: those of the local platform.")
  private Map<String, String> services = new HashMap<>();

  @Option(
      names = "--flink",
      paramLabel = "URL",
      description = "Base URL of Flink's REST API. Default: that of the local platform.")
  private @Nullable String flink;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public DoctorCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Installation installation = installation();
    Expected expected = expected(pipeline, installation.cluster());
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.println("%s on %s%n".formatted(pipeline.name(), expected.bootstrapServers()));
      out.flush();
    }
    List<Finding> findings =
        Diagnosis.of(new Collector(installation, expected, CLOCK_WAIT).collect());
    if (json) {
      out.println(Report.json(pipeline.name(), findings));
    } else {
      Report.text(findings, TerminalWidth.columns()).forEach(out::println);
    }
    out.flush();
    return Diagnosis.hasFailed(findings) ? 1 : 0;
  }

  private Installation installation() throws IOException {
    Cluster cluster = clusterOptions.cluster();
    if (clusterOptions.isNamed()) {
      return new Installation(cluster, services, Objects.requireNonNullElse(flink, ""), null);
    }
    clusterOptions.requirePipeline(pipelineFile);
    var platform = clusterOptions.running();
    return new Installation(
        cluster,
        services.isEmpty() ? platform.ops() : services,
        Objects.requireNonNullElse(flink, platform.flink()),
        clusterOptions.directory());
  }

  private Expected expected(Pipeline pipeline, Cluster cluster) {
    Replication usual = clusterOptions.isNamed() ? OF_CLUSTERS : OF_ONE_BROKER;
    Short factor = replicas == null ? usual.factor() : replicas;
    Integer inSync = minIsr == null ? usual.minIsr() : minIsr;
    if (minIsr == null && factor != null && inSync != null) {
      inSync = Math.min(inSync, factor);
    }
    Replication replication = new Replication(factor, inSync);
    replication
        .mistake()
        .ifPresent(
            mistake -> {
              throw new ParameterException(spec.commandLine(), mistake);
            });
    String version = DoctorCommand.class.getPackage().getImplementationVersion();
    return new Expected(
        pipeline,
        replication,
        cluster.bootstrapServers(),
        cluster.registryUrl(),
        pipelineFile.toString(),
        Objects.requireNonNullElse(version, ""),
        maxLag);
  }
}
