package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.sink.FeedRowLayout;
import dev.millrace.features.sink.VectorLayout;
import dev.millrace.features.source.Question;
import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** The pipeline of cards.yaml, and a registry that all tests share. */
public final class Cards {
  public static final Pipeline PIPELINE = PipelineFile.load(file());
  public static final InMemoryRegistry REGISTRY = new InMemoryRegistry();

  private Cards() {}

  /** The pipeline of bank.yaml: aligned, with views that are looked up by several fields. */
  static Pipeline bank() {
    return PipelineFile.load(resource("/bank.yaml"));
  }

  /** A pipeline of the test resources. */
  static Pipeline load(String name) {
    return PipelineFile.load(resource("/" + name));
  }

  /** The pipeline of feedback.yaml: aligned, with views of its predictions and outcomes. */
  static Pipeline feedback() {
    return PipelineFile.load(resource("/feedback.yaml"));
  }

  /** The pipeline of feedback.yaml, whose transfers have further fields, as JSON of the schema. */
  static Pipeline feedback(Path directory, String fields) throws IOException {
    Path yaml = resource("/feedback.yaml");
    Files.copy(yaml, directory.resolve("feedback.yaml"));
    Files.copy(yaml.resolveSibling("login.avsc"), directory.resolve("login.avsc"));
    String schema = Files.readString(yaml.resolveSibling("transfer.avsc"), StandardCharsets.UTF_8);
    Files.writeString(
        directory.resolve("transfer.avsc"),
        schema.replace("{\"name\": \"sender\"", fields + "{\"name\": \"sender\""));
    return PipelineFile.load(directory.resolve("feedback.yaml"));
  }

  /** The pipeline of cards.yaml, aligned. */
  public static Pipeline aligned() {
    return new Pipeline(
        PIPELINE.name(),
        PIPELINE.guarantee(),
        PIPELINE.partitions(),
        PIPELINE.sources(),
        PIPELINE.score(),
        true,
        PIPELINE.features(),
        PIPELINE.lookups(),
        PIPELINE.model(),
        PIPELINE.labels(),
        PIPELINE.drift(),
        PIPELINE.retrain(),
        PIPELINE.skew());
  }

  static Path file() {
    return resource("/cards.yaml");
  }

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Cards.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The pipeline with one passage of its file replaced. */
  public static Pipeline with(Path directory, String passage, String replacement)
      throws IOException {
    for (String schema : List.of("payment.avsc", "visit.avsc")) {
      Files.copy(file().resolveSibling(schema), directory.resolve(schema));
    }
    String yaml = Files.readString(file(), StandardCharsets.UTF_8);
    assertThat(yaml).containsOnlyOnce(passage);
    return PipelineFile.load(
        Files.writeString(directory.resolve("cards.yaml"), yaml.replace(passage, replacement)));
  }

  public static FeatureView view(String name) {
    return Objects.requireNonNull(PIPELINE.features().get(name));
  }

  /** The lookup of that name. */
  public static LookupUse use(Pipeline pipeline, String lookup) {
    return LookupUse.of(pipeline).stream()
        .filter(use -> use.lookup().name().equals(lookup))
        .findFirst()
        .orElseThrow();
  }

  /** The row as a reader of the feature topic decodes it. */
  public static GenericRecord decoded(FeatureView view, FeedRow row) {
    Schema schema = PipelineSchemas.entityRow(PIPELINE, view);
    return decoded(
        Topics.features(PIPELINE, view.name()),
        schema,
        Objects.requireNonNull(new FeedRowLayout(schema).value(row)));
  }

  /** The vector as a reader of the vectors' topic decodes it. */
  public static GenericRecord decoded(Question question) {
    Schema schema = PipelineSchemas.vector(PIPELINE);
    return decoded(Topics.vectors(PIPELINE), schema, new VectorLayout(schema).value(question));
  }

  private static GenericRecord decoded(String topic, Schema schema, IndexedRecord value) {
    byte[] bytes = AvroEncoder.forTopic(REGISTRY, topic, schema).encode(value);
    return ((Decoded.Value) new AvroDecoder(REGISTRY, topic, schema).decode(bytes)).record();
  }
}
