package dev.millrace.deploy.command;

import dev.millrace.deploy.dataset.OutputDirectory;
import dev.millrace.deploy.drift.Backtest;
import dev.millrace.deploy.drift.Period;
import dev.millrace.deploy.drift.view.DriftJson;
import dev.millrace.deploy.drift.view.DriftPage;
import dev.millrace.deploy.drift.view.DriftRun;
import dev.millrace.deploy.drift.view.RunTable;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.service.DriftOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
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

/** Runs the drift job over logged predictions. */
@Command(
    name = "backtest",
    mixinStandardHelpOptions = true,
    description =
        "Runs the drift job over the predictions of a period, and shows what would have alarmed,"
            + " when and why.",
    footer = {
      "",
      "The job is the one that 'up' runs, with the same operators; it writes nothing to the cluster"
          + " and has no consumer group. The reference is profile.json of the pipeline's model, or"
          + " that of --profile, or the predictions of --reference-from to --reference-until."
          + " Periods are widened to whole windows."
    })
public final class DriftBacktestCommand implements Callable<Integer> {
  private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(30);

  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description =
          "Predictions of this event time or later: 2001-01-16 or 2001-01-16T08:00:00Z (default: the"
              + " first).")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Predictions before this event time (default: all complete windows).")
  private @Nullable Instant to;

  @Mixin private DriftOverrides overrides = new DriftOverrides();

  @Option(
      names = "--reference-from",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Compare with the predictions of this event time or later.")
  private @Nullable Instant referenceFrom;

  @Option(
      names = "--reference-until",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Compare with the predictions before this event time.")
  private @Nullable Instant referenceUntil;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "Compare with this profile (default: profile.json of the pipeline's model).")
  private @Nullable Path profile;

  @Option(
      names = "--model-version",
      paramLabel = "VERSION",
      description =
          "The model version whose predictions are compared with --profile or the period (default:"
              + " that of the pipeline's model, or the only one).")
  private @Nullable String modelVersion;

  @Option(names = "--out", paramLabel = "FILE", description = "Write a page with plots, HTML.")
  private @Nullable Path out;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the reports, alerts and triggers as JSON.")
  private @Nullable Path json;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Public for picocli. */
  public DriftBacktestCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    requirePeriods();
    Pipeline pipeline = pipeline();
    Path compared = compared(pipeline);
    if (compared != null) {
      System.out.print(
          WindowSizeEstimate.ofBacktest(compared, Objects.requireNonNull(pipeline.drift())));
    }
    Cluster cluster = clusterOptions.cluster();
    return clusterOptions.answering(cluster, () -> run(pipeline, cluster));
  }

  /** The profile that windows are compared with; null if it is made of predictions. */
  private @Nullable Path compared(Pipeline pipeline) {
    Model model = pipeline.model();
    Drift drift = Objects.requireNonNull(pipeline.drift());
    if (profile != null || referenceFrom != null || drift.first() != null) {
      return profile;
    }
    return model == null || model.path() == null ? null : ModelArtifact.profile(model.path());
  }

  private int run(Pipeline pipeline, Cluster cluster) throws IOException, InterruptedException {
    try (OutputDirectory temporary = OutputDirectory.create(temporary())) {
      DriftRun run = backtest(pipeline, cluster, temporary.partial()).run(request());
      System.out.print(RunTable.of(run, TerminalWidth.columns()));
      if (out != null) {
        write(out, DriftPage.of(run));
      }
      if (json != null) {
        write(json, DriftJson.of(run, AvroJson::of));
      }
      return 0;
    }
  }

  private Backtest backtest(Pipeline pipeline, Cluster cluster, Path directory) {
    Drift drift = Objects.requireNonNull(pipeline.drift());
    return new Backtest(
        pipeline,
        cluster.clientSettings(),
        Registry.http(cluster.registryUrl()).caching().retrying(REGISTRY_TIMEOUT),
        new BacktestProcess(
            pipelineFile, clusterOptions.arguments(cluster), overrides.arguments(), drift.window()),
        directory);
  }

  private void requirePeriods() {
    requireOrder("--from", from, "--to", to);
    requireOrder("--reference-from", referenceFrom, "--reference-until", referenceUntil);
    if ((referenceFrom == null) != (referenceUntil == null)) {
      throw wrong("give both --reference-from and --reference-until, or neither");
    }
    if (referenceFrom != null && profile != null) {
      throw wrong("give --profile or --reference-from and --reference-until, not both");
    }
    if (profile != null && !Files.isRegularFile(profile)) {
      throw wrong("--profile %s: no such file".formatted(profile));
    }
    if (modelVersion != null && profile == null && referenceFrom == null) {
      throw wrong(
          "--model-version needs --profile or --reference-from and --reference-until: the profile of the pipeline's model belongs to the version of that model");
    }
  }

  private void requireOrder(
      String first, @Nullable Instant begin, String second, @Nullable Instant end) {
    if (begin != null && end != null && !begin.isBefore(end)) {
      throw wrong("%s %s is not before %s %s".formatted(first, begin, second, end));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Pipeline pipeline() {
    try {
      return overrides.applyTo(PipelineFile.load(pipelineFile));
    } catch (IllegalArgumentException e) {
      throw new PlatformException(String.valueOf(e.getMessage()), e);
    }
  }

  private Backtest.Request request() {
    Period reference =
        referenceFrom == null || referenceUntil == null
            ? null
            : new Period(referenceFrom, referenceUntil);
    return new Backtest.Request(from, to, reference, profile, modelVersion);
  }

  /** Deleted at the end. */
  private static Path temporary() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "millrace-backtest-" + ProcessHandle.current().pid());
  }

  /** Writes a temporary file and renames it, so that the file is never incomplete. */
  private static void write(Path file, String text) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.writeString(partial, text);
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
    System.err.printf("%s: written%n", file);
  }
}
