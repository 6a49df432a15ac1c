package dev.millrace.deploy.drift;

import dev.millrace.deploy.drift.view.DriftRun;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicProgress;
import dev.millrace.deploy.topic.TopicRange;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A backtest: the drift job over a period of the predictions that are in their topic. Nothing is
 * written to the cluster, and it has no consumer group.
 */
public final class Backtest {
  private final Pipeline pipeline;
  private final Drift drift;
  private final Properties client;
  private final Registry registry;
  private final BacktestJob job;
  private final Path directory;

  /**
   * What is tested.
   *
   * @param from null: the first complete window
   * @param to null: the end of the last complete window
   * @param reference the period whose predictions are the reference; null: a profile
   * @param profile null: that of the pipeline's model
   * @param modelVersion the version whose predictions are compared with the profile or period that
   *     is given; null: that of the pipeline's model, or the only one in the period
   */
  public record Request(
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Period reference,
      @Nullable Path profile,
      @Nullable String modelVersion) {}

  /**
   * @param pipeline with {@code drift} as it is tested
   * @param client settings of Kafka clients, including the bootstrap servers
   * @param directory an empty directory for temporary files
   */
  public Backtest(
      Pipeline pipeline, Properties client, Registry registry, BacktestJob job, Path directory) {
    this.pipeline = pipeline;
    this.drift = Objects.requireNonNull(pipeline.drift());
    this.client = client;
    this.registry = registry;
    this.job = job;
    this.directory = directory;
  }

  /**
   * Runs it.
   *
   * @throws PlatformException if the period has no complete windows or no predictions to compare,
   *     or a process fails
   */
  public DriftRun run(Request request) throws IOException, InterruptedException {
    Model model = pipeline.model();
    if (model == null) {
      throw new PlatformException(
          "pipeline %s has no model; add 'model' with its inputs to the file"
              .formatted(pipeline.name()));
    }
    String known = request.modelVersion() != null ? request.modelVersion() : versionOf(model);
    Path rows = directory.resolve("reference.csv");
    PredictionLog log;
    try (ReferenceRows reference = new ReferenceRows(rows, PipelineSchemas.prediction(pipeline))) {
      Period taken = request.reference();
      log =
          PredictionLog.read(
              pipeline,
              drift.window(),
              client,
              registry,
              prediction -> {
                if (taken != null
                    && taken.contains(PredictionLog.timeMillis(prediction))
                    && (known == null || known.equals(PredictionLog.modelVersion(prediction)))) {
                  reference.write(prediction);
                }
              });
      requireRows(taken, reference.rows(), known, log);
    }
    Period period = period(request, log);
    BacktestJob.GivenReference given = given(request, rows, known, period, log);
    BacktestJob.Input input =
        new BacktestJob.Input(ranges(log), period.from(), period.to(), history(log, period), given);
    Path out = Files.createDirectory(directory.resolve("out"));
    job.run(input, out, Files.createDirectory(directory.resolve("state")));
    return ResultFiles.read(out, pipeline, period.from(), period.to());
  }

  private static @Nullable String versionOf(Model model) throws IOException {
    Path path = model.path();
    return path != null && Files.exists(ModelArtifact.model(path))
        ? ModelArtifact.read(path).version()
        : null;
  }

  private static void requireRows(
      @Nullable Period taken, long rows, @Nullable String version, PredictionLog log) {
    if (taken != null && rows == 0) {
      throw new PlatformException(
          "there are no predictions of %s from --reference-from %s to --reference-until %s; the topic's begin at %s and are complete up to %s, with these model versions: %s"
              .formatted(
                  version == null ? "a champion" : "model version " + version,
                  taken.from(),
                  taken.to(),
                  log.oldest(),
                  log.reached(),
                  log.versions(log.complete())));
    }
  }

  private Period period(Request request, PredictionLog log) {
    Period complete = log.complete();
    Instant from = request.from() == null ? complete.from() : request.from();
    Instant to = request.to() == null ? complete.to() : request.to();
    if (!from.isBefore(to)) {
      throw new PlatformException(
          "--from %s is not before --to %s; the complete windows are from %s to %s"
              .formatted(from, to, complete.from(), complete.to()));
    }
    Period period = new Period(from, to).widened(drift.window());
    if (period.to().isAfter(complete.to())) {
      throw new PlatformException(
          "--to %s: the predictions of all partitions are complete up to %s, so the last complete window of %s ends at %s; give that or an earlier time"
              .formatted(to, log.reached(), Durations.format(drift.window()), complete.to()));
    }
    if (log.versions(period).isEmpty()) {
      throw new PlatformException(
          "there are no predictions of a champion from %s to %s; the topic has them from %s to %s"
              .formatted(period.from(), period.to(), log.oldest(), log.reached()));
    }
    return period;
  }

  private BacktestJob.@Nullable GivenReference given(
      Request request, Path rows, @Nullable String known, Period period, PredictionLog log)
      throws IOException, InterruptedException {
    Map<String, Long> versions = log.versions(period);
    Path profile = request.profile();
    if (profile == null && request.reference() == null) {
      return null;
    }
    if (known == null && versions.size() > 1) {
      throw new PlatformException(
          "the predictions are of %d model versions, %s; name the one to compare with --model-version"
              .formatted(versions.size(), versions));
    }
    String version = known == null ? versions.keySet().iterator().next() : known;
    if (!versions.containsKey(version)) {
      throw new PlatformException(
          "there are no predictions of model version %s from %s to %s, but of %s; name one of them with --model-version"
              .formatted(version, period.from(), period.to(), versions));
    }
    if (profile == null) {
      profile = directory.resolve(ModelArtifact.PROFILE);
      job.profile(rows, profile);
    }
    return new BacktestJob.GivenReference(profile, version);
  }

  private static Duration history(PredictionLog log, Period period) {
    Duration before = Duration.between(log.oldest(), period.from());
    return before.isNegative() ? Duration.ZERO : before;
  }

  /** The ranges of predictions, of the source of labels, and of its late events. */
  private Path ranges(PredictionLog log) throws IOException {
    List<String> lines = new ArrayList<>(log.progress().lines());
    Labels labels = pipeline.labels();
    if (labels != null) {
      Source source = pipeline.source(labels.from());
      lines.addAll(lines(Topics.clean(pipeline, source.name())));
      if (source.late() == LatePolicy.TOPIC) {
        lines.addAll(lines(Topics.late(pipeline)));
      }
    }
    return Files.write(directory.resolve("ranges"), lines);
  }

  private List<String> lines(String topic) {
    List<TopicRange> ranges = TopicRanges.committed(client, topic);
    TopicProgress progress = new TopicProgress(ranges);
    TopicRanges.read(client, ranges, progress::add);
    return progress.lines();
  }
}
