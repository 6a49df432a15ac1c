package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.RowColumns;
import dev.millrace.deploy.dataset.rows.RowJoin;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicRange;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * Builds a data set of the predictions and outcomes of a pipeline: {@code rows.parquet}, {@code
 * profile.json} and {@code manifest.json}. The same ranges of the topics make the same bytes.
 */
public final class DatasetBuild {
  private static final String ROWS = "rows.parquet";
  private static final String PROFILE = "profile.json";
  private static final String MANIFEST = "manifest.json";

  private final Definition definition;
  private final TopicRecords.Access access;
  private final Jobs jobs;

  /**
   * What determines the columns.
   *
   * @param sha256 digest of the pipeline's definition
   * @param version of Millrace
   */
  public record Definition(Pipeline pipeline, String sha256, String version) {}

  /** Makes the profile of rows. */
  public interface Profiler {
    /**
     * @param rows CSV, with the columns that {@code millrace profile} reads
     * @throws PlatformException if the rows cannot be profiled
     */
    void profile(Path rows, Path profile) throws IOException, InterruptedException;
  }

  /** What runs in other processes. */
  public record Jobs(Profiler profiler, VectorJob vectors) {}

  /**
   * A data set.
   *
   * @param newestEvent the newest time of all events that were read, also of those after the period
   */
  public record Built(Manifest manifest, Instant newestEvent) {}

  /**
   * @param client settings of the Kafka clients
   * @param onUndecodable receives a line for each of the first records that cannot be decoded
   */
  public DatasetBuild(
      Definition definition,
      Properties client,
      Registry registry,
      Jobs jobs,
      Consumer<String> onUndecodable) {
    this.definition = definition;
    this.access = new TopicRecords.Access(client, registry, onUndecodable);
    this.jobs = jobs;
  }

  /**
   * Builds a data set of the records that are committed now.
   *
   * @throws PlatformException if it would have no rows, or if records are missing
   */
  public Built build(Selection selection, OutputDirectory out)
      throws IOException, InterruptedException {
    Pipeline pipeline = definition.pipeline;
    List<String> topics = new ArrayList<>();
    if (pipeline.labels() != null) {
      // Before the predictions: the prediction of an outcome was written before it.
      topics.add(Topics.outcomes(pipeline));
    } else if (!selection.unlabelled()) {
      throw new PlatformException(
          "pipeline %s has no labels; add 'labels' to its file, or --unlabelled to keep rows without a label"
              .formatted(pipeline.name()));
    }
    if (selection.recomputed()) {
      cleanSources().forEach(source -> topics.add(Topics.clean(pipeline, source)));
    } else {
      topics.add(Topics.predictions(pipeline));
    }
    List<TopicRange> ranges =
        topics.stream()
            .flatMap(topic -> TopicRanges.committed(access.client(), topic).stream())
            .toList();
    Built built = write(selection, ranges, out.partial());
    out.complete();
    return built;
  }

  /**
   * Builds a data set again.
   *
   * @throws PlatformException if it would differ from the one of the manifest
   */
  public Built build(Manifest manifest, OutputDirectory out)
      throws IOException, InterruptedException {
    if (!manifest.pipeline().sha256().equals(definition.sha256)) {
      throw new PlatformException(
          "the pipeline file has the digest %s, but the data set was built with %s; use that version of the file"
              .formatted(definition.sha256, manifest.pipeline().sha256()));
    }
    Built again = write(manifest.selection(), manifest.ranges(), out.partial());
    List<String> differences = manifest.differences(again.manifest);
    if (!differences.isEmpty()) {
      throw new PlatformException(
          "the data set would differ from the one of the manifest, which version %s built (this is version %s); nothing was written:%n  %s"
              .formatted(
                  manifest.millrace(),
                  definition.version,
                  String.join("%n  ".formatted(), differences)));
    }
    out.complete();
    return again;
  }

  private Built write(Selection selection, List<TopicRange> ranges, Path directory)
      throws IOException, InterruptedException {
    RowReader rows = rows(selection, ranges);
    Schema labelSchema = RowColumns.labelSchema(PipelineSchemas.outcome(definition.pipeline));
    RowColumns columns = RowColumns.of(rows.schema(), labelSchema);
    TopicRecords outcomes = new TopicRecords(Topics.outcomes(definition.pipeline), ranges, access);
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path profileRows = temporary.resolve("rows.csv");
    Counts counts;
    RowFiles.Digests digests;
    try (RowJoin join =
            new RowJoin(temporary, columns, selection, rows.offsets() + outcomes.offsets());
        RowFiles files = new RowFiles(directory.resolve(ROWS), profileRows, columns.columns())) {
      rows.read(join, temporary);
      outcomes.read(labelSchema, (at, label) -> join.label(label));
      counts = join.finish(files::write, rows.undecodable() + outcomes.undecodable());
      digests = files.digests();
    }
    requireRows(counts);
    jobs.profiler.profile(profileRows, directory.resolve(PROFILE));
    OutputDirectory.delete(temporary);
    List<Manifest.Topic> topics = new ArrayList<>(rows.topics());
    if (!outcomes.isEmpty()) {
      topics.add(outcomes.toManifest());
    }
    Manifest manifest =
        Manifest.of(
            definition,
            selection,
            topics,
            counts,
            columns.columns(),
            digests,
            List.of(file(directory, ROWS), file(directory, PROFILE)));
    Files.writeString(directory.resolve(MANIFEST), manifest.toJson());
    return new Built(manifest, rows.newestEvent());
  }

  private RowReader rows(Selection selection, List<TopicRange> ranges) {
    Pipeline pipeline = definition.pipeline;
    if (selection.recomputed() && pipeline.hasFeedback()) {
      throw new PlatformException(
          "pipeline %s has views of its predictions or outcomes, which depend on the models that scored, so they cannot be recomputed from events; leave out --recompute to use the inputs as they were served"
              .formatted(pipeline.name()));
    }
    if (!selection.recomputed()) {
      return new ServedRows(
          new TopicRecords(Topics.predictions(pipeline), ranges, access),
          PipelineSchemas.prediction(pipeline));
    }
    List<TopicRecords> sources =
        cleanSources().stream()
            .map(source -> new TopicRecords(Topics.clean(pipeline, source), ranges, access))
            .toList();
    return new RecomputedRows(
        pipeline,
        selection,
        sources.get(0),
        pipeline.lookups().isEmpty() ? List.of() : sources,
        jobs.vectors);
  }

  /** The scored source, then the other sources of views. */
  private List<String> cleanSources() {
    Pipeline pipeline = definition.pipeline;
    return Stream.concat(
            Stream.of(pipeline.score()),
            pipeline.lookups().values().stream().map(lookup -> lookup.view().from()))
        .distinct()
        .toList();
  }

  private void requireRows(Counts counts) {
    if (counts.rows() == 0) {
      throw new PlatformException(
          "no rows: there are %d events in this period, of which %d have no label, and of the others %d are not complete"
              .formatted(
                  counts.predictions() - counts.repeated(),
                  counts.unlabelled(),
                  counts.incomplete()));
    }
  }

  private static Manifest.DataFile file(Path directory, String name) throws IOException {
    Path file = directory.resolve(name);
    return new Manifest.DataFile(name, Files.size(file), Sha256.hex(file));
  }
}
