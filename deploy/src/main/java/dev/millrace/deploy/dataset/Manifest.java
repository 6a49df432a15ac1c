package dev.millrace.deploy.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a data set was built from, so that it can be built again: {@code manifest.json}. It contains
 * neither the time nor the machine of the build.
 *
 * @param format of the manifest
 * @param millrace the version that built the data set
 * @param command the command that builds it
 * @param contentSha256 digest of the columns and the values of all rows in their order; it does not
 *     depend on the version of Millrace
 * @param inputsSha256 the same of event id, event time and inputs: equal for served rows and the
 *     same rows recomputed
 * @param files beside the manifest
 */
public record Manifest(
    int format,
    String millrace,
    String command,
    Definition pipeline,
    Period period,
    boolean recomputed,
    boolean completeOnly,
    boolean unlabelled,
    List<Topic> topics,
    Counts counts,
    List<Column> columns,
    String contentSha256,
    String inputsSha256,
    List<DataFile> files) {
  static final int FORMAT = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /**
   * The pipeline.
   *
   * @param sha256 see {@link dev.millrace.schemas.pipeline.file.DefinitionDigest}
   */
  public record Definition(String name, String sha256) {}

  /**
   * The event times of the rows, in ISO 8601.
   *
   * @param from the earliest
   * @param to the first after the period
   */
  public record Period(String from, String to) {}

  /**
   * The records of a topic that were read.
   *
   * @param schemas by which they were written, by id
   */
  public record Topic(String topic, List<Range> partitions, List<WriterSchema> schemas) {}

  /**
   * A range of offsets of a partition.
   *
   * @param from the first offset
   * @param to the offset after the last one
   */
  public record Range(int partition, long from, long to) {}

  /**
   * A schema of records.
   *
   * @param id in the registry
   * @param sha256 digest of the registry's text; null if the registry does not know the id
   * @param records the number of records with this id
   */
  public record WriterSchema(int id, @Nullable String sha256, long records) {}

  /** A file and its digest. */
  public record DataFile(String name, long bytes, String sha256) {}

  /** The manifest of a data set that was built now. */
  static Manifest of(
      DatasetBuild.Definition definition,
      Selection selection,
      List<Topic> topics,
      Counts counts,
      List<Column> columns,
      RowFiles.Digests digests,
      List<DataFile> files) {
    return new Manifest(
        FORMAT,
        definition.version(),
        command(selection),
        new Definition(definition.pipeline().name(), definition.sha256()),
        new Period(selection.from().toString(), selection.to().toString()),
        selection.recomputed(),
        selection.completeOnly(),
        selection.unlabelled(),
        topics,
        counts,
        columns,
        digests.contentSha256(),
        digests.inputsSha256(),
        files);
  }

  static String command(Selection selection) {
    return "millrace dataset build --from %s --to %s%s%s%s"
        .formatted(
            selection.from(),
            selection.to(),
            selection.recomputed() ? " --recompute" : "",
            selection.completeOnly() ? " --complete-only" : "",
            selection.unlabelled() ? " --unlabelled" : "");
  }

  /** The rows that were selected. */
  public Selection selection() {
    return new Selection(
        Instant.parse(period.from), Instant.parse(period.to), recomputed, completeOnly, unlabelled);
  }

  /** The ranges of all topics. */
  public List<TopicRange> ranges() {
    List<TopicRange> ranges = new ArrayList<>();
    for (Topic topic : topics) {
      for (Range range : topic.partitions) {
        ranges.add(new TopicRange(topic.topic, range.partition, range.from, range.to));
      }
    }
    return ranges;
  }

  /**
   * Reads a manifest.
   *
   * @throws PlatformException if the file is not a manifest that this version can read
   */
  public static Manifest read(Path file) throws IOException {
    String text = Files.readString(file);
    try {
      int format = JSON.readTree(text).path("format").asInt();
      if (format != FORMAT) {
        throw new PlatformException(
            "%s: not a manifest of a data set with format %d; give the manifest.json of a data set"
                .formatted(file, FORMAT));
      }
      return JSON.readValue(text, Manifest.class);
    } catch (JsonProcessingException e) {
      throw new PlatformException(
          "%s: not a manifest of a data set: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** The text of {@code manifest.json}. */
  String toJson() {
    try {
      // Not the line separator of the system.
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this).replace("\r\n", "\n")
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values can always be written", e);
    }
  }

  /**
   * What differs in a data set that was built again from this manifest, one line each. Digests of
   * files are compared only if the same version built both.
   */
  List<String> differences(Manifest again) {
    List<String> differences = new ArrayList<>();
    add(differences, "counts", counts, again.counts);
    add(differences, "columns", columns, again.columns);
    add(differences, "topics", topics, again.topics);
    add(differences, "content_sha256", contentSha256, again.contentSha256);
    if (millrace.equals(again.millrace)) {
      add(differences, "files", files, again.files);
    }
    return differences;
  }

  private static void add(List<String> differences, String name, Object before, Object now) {
    if (!Objects.equals(before, now)) {
      differences.add("%s: %s, but in the manifest %s".formatted(name, now, before));
    }
  }
}
