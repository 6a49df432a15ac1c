package dev.millrace.deploy.command;

import dev.millrace.deploy.dataset.DatasetBuild;
import dev.millrace.deploy.dataset.Manifest;
import dev.millrace.deploy.dataset.OutputDirectory;
import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.DefinitionDigest;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

/** Builds a training set. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = "Builds a training set: predictions of a period joined to their labels.",
    footer = {
      "",
      "DIR contains rows.parquet (a row per event, in the order of event time and event id),"
          + " profile.json (as 'millrace profile' makes it, of the inputs, with their counts by"
          + " drift window) and manifest.json."
          + " With --manifest the same data set is built again, from the same records."
    })
public final class DatasetBuildCommand implements Callable<Integer> {
  private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(30);

  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Rows of this event time or later: 2001-01-16 or 2001-01-16T08:00:00Z.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Rows before this event time.")
  private @Nullable Instant to;

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description = "Build the data set of this manifest again.")
  private @Nullable Path manifestFile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Directory to write; it must not exist or be empty.")
  private Path out = Path.of("");

  @Option(
      names = "--recompute",
      description =
          "Compute the features again from the events, as of each event and complete; otherwise the"
              + " inputs are those of the predictions.")
  private boolean recompute;

  @Option(
      names = "--complete-only",
      description =
          "Leave out rows whose features were not complete; otherwise the column 'complete' marks"
              + " them.")
  private boolean completeOnly;

  @Option(
      names = "--unlabelled",
      description = "Keep rows without a label; otherwise they are left out.")
  private boolean unlabelled;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Public for picocli. */
  public DatasetBuildCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    requirePeriodOrManifest();
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Cluster cluster = clusterOptions.cluster();
    return clusterOptions.answering(cluster, () -> build(pipeline, cluster));
  }

  private int build(Pipeline pipeline, Cluster cluster) throws IOException, InterruptedException {
    try (OutputDirectory directory = OutputDirectory.create(out)) {
      DatasetBuild build =
          new DatasetBuild(
              new DatasetBuild.Definition(pipeline, DefinitionDigest.of(pipelineFile), version()),
              cluster.clientSettings(),
              Registry.http(cluster.registryUrl()).retrying(REGISTRY_TIMEOUT),
              new DatasetBuild.Jobs(
                  this::profile,
                  new FeaturesProcess(pipelineFile, clusterOptions.arguments(cluster))),
              System.err::println);
      DatasetBuild.Built built =
          manifestFile != null
              ? build.build(manifest(manifestFile), directory)
              : build.build(selection(), directory);
      report(built, pipeline.labels());
      return built.manifest().counts().undecodable() > 0 ? 1 : 0;
    }
  }

  private void requirePeriodOrManifest() {
    boolean selects = from != null || to != null || recompute || completeOnly || unlabelled;
    if (manifestFile != null && selects) {
      throw wrong(
          "--manifest determines the rows; leave out --from, --to, --recompute, --complete-only and --unlabelled");
    }
    if (manifestFile == null && (from == null || to == null)) {
      throw wrong("give the period with --from and --to, or a manifest with --manifest");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw wrong("--from %s is not before --to %s".formatted(from, to));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Selection selection() {
    return new Selection(
        Objects.requireNonNull(from),
        Objects.requireNonNull(to),
        recompute,
        completeOnly,
        unlabelled);
  }

  private static Manifest manifest(Path file) throws IOException {
    try {
      return Manifest.read(file);
    } catch (NoSuchFileException e) {
      throw new PlatformException(file + ": no such file", e);
    }
  }

  private void profile(Path rows, Path profile) throws IOException, InterruptedException {
    ProfileCommand.make(
        List.of(pipelineFile.toString(), rows.toString(), "--out", profile.toString()), "the rows");
  }

  private void report(DatasetBuild.Built built, @Nullable Labels labels) {
    Manifest manifest = built.manifest();
    Counts counts = manifest.counts();
    System.err.printf(
        "%s: %,d rows, %d columns, content %.12s%n",
        out, counts.rows(), manifest.columns().size(), manifest.contentSha256());
    line(counts.incomplete(), "were not complete", manifest.completeOnly(), "have complete=false");
    line(counts.unlabelled(), "have no label", !manifest.unlabelled(), "have label=null");
    if (counts.repeated() > 0) {
      System.err.printf("  %,d older rows with repeated event ids left out%n", counts.repeated());
    }
    if (counts.withoutPrediction() > 0) {
      System.err.printf(
          "  %,d labels left out, since their events are no longer in the topic%n",
          counts.withoutPrediction());
    }
    if (counts.undecodable() > 0) {
      System.err.printf("  %,d records could not be decoded%n", counts.undecodable());
    }
    if (labels != null && !manifest.unlabelled()) {
      warnOfImmatureLabels(manifest.selection(), built.newestEvent(), labels.maturity());
    }
  }

  private static void line(long events, String what, boolean leftOut, String otherwise) {
    if (events > 0) {
      System.err.printf("  %,d events %s: %s%n", events, what, leftOut ? "left out" : otherwise);
    }
  }

  /** Labels that come early can differ from those that come late, so that the rows are biased. */
  private static void warnOfImmatureLabels(
      Selection selection, Instant newestEvent, Duration maturity) {
    Instant mature = newestEvent.minus(maturity);
    if (selection.to().isAfter(mature)) {
      System.err.printf(
          "  labels of events after %s may still come (newest event %s, maturity %s); a period that ends there has all labels%n",
          mature, newestEvent, Durations.format(maturity));
    }
  }

  private static String version() {
    String version = DatasetBuildCommand.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
