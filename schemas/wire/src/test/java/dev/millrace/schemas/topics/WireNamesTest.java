package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.deadletter.OriginalRecord;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.testing.WireNames;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the names in {@code schemas/WIRE.md} with those of the code. */
class WireNamesTest {
  private static final Path SCHEMAS = Path.of("..");

  /** Records whose fields have names from the pipeline. */
  private static final Set<String> OF_THE_PIPELINE =
      Set.of("Inputs", "Lookups", "Slices", "Features", "Context");

  @Test
  void topics(@TempDir Path directory) throws IOException {
    Pipeline pipeline = PipelineFile.load(repartitioned(directory));
    Set<String> topics =
        Topics.of(pipeline).stream()
            .map(Topics.Topic::name)
            .filter(name -> name.startsWith("millrace."))
            .map(name -> name.replace("millrace.flights", "millrace.P"))
            .map(name -> name.replaceAll("\\.(departures|arrivals)\\b", ".S"))
            .map(name -> name.replace("features.origin.", "features.V."))
            .map(name -> name.replaceAll("(features\\.V)\\.[0-9a-f]{8}$", "$1.<version>"))
            .map(name -> name.replaceAll("(vectors)\\.[0-9a-f]{8}$", "$1.<generation>"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(WireNames.first(SCHEMAS, "Topics")).containsExactlyInAnyOrderElementsOf(topics);
  }

  /** The pipeline whose rows are in the partition of their entity, so that it has all topics. */
  private static Path repartitioned(Path directory) throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    String lookups = "score: departures\nlookups: {to: {view: origin, key: destination}}\n";
    return Files.writeString(
        file,
        Files.readString(file)
            .replace("score: departures\n", lookups)
            .replace("    ttl: 2d\n", "    ttl: 2d\n    join: repartition\n")
            .replaceAll("\\borigin\\.", "to."));
  }

  @Test
  void recordsAndTheirFields(@TempDir Path directory) throws IOException {
    // The pipeline has an input of every type, and a view of its own predictions.
    Path file = repartitioned(directory);
    String inputs = "    - distance\n    - origin\n    - far: distance > 1000\n";
    String view =
        "features:\n  past: {from: predictions, entity: origin, aggregates: [{operations: [count], windows: [1h]}]}\n";
    Files.writeString(
        file,
        Files.readString(file).replace("    - distance\n", inputs).replace("features:\n", view));
    Pipeline pipeline = PipelineFile.load(file);
    Map<String, List<String>> records = new TreeMap<>();
    Topics.of(pipeline).stream()
        .flatMap(topic -> Stream.ofNullable(topic.schema()))
        .filter(schema -> schema.getNamespace().startsWith("dev.millrace"))
        .forEach(schema -> collect(schema, records));
    Map<String, List<String>> listed = new TreeMap<>();
    for (List<String> row : WireNames.section(SCHEMAS, "Records")) {
      listed.put(row.get(0), row.subList(1, row.size()));
    }
    assertThat(listed).isEqualTo(records);
  }

  private static void collect(Schema schema, Map<String, List<String>> records) {
    switch (schema.getType()) {
      case UNION -> schema.getTypes().forEach(type -> collect(type, records));
      case ARRAY -> collect(schema.getElementType(), records);
      case ENUM -> records.put(schema.getName(), schema.getEnumSymbols());
      case RECORD -> {
        List<String> fields = schema.getFields().stream().map(Schema.Field::name).toList();
        if (!OF_THE_PIPELINE.contains(schema.getName())) {
          if (records.put(schema.getName(), fields) != null) {
            return;
          }
        }
        schema.getFields().forEach(field -> collect(field.schema(), records));
      }
      default -> {}
    }
  }

  @Test
  void headers() throws IOException {
    List<String> headers =
        Stream.concat(constants(), ofDeadLetters())
            .filter(name -> !name.endsWith("."))
            .distinct()
            .toList();
    assertThat(WireNames.first(SCHEMAS, "Headers")).containsExactlyInAnyOrderElementsOf(headers);
  }

  private static Stream<String> constants() {
    return Arrays.stream(WireHeaders.class.getDeclaredFields())
        .filter(field -> Modifier.isPublic(field.getModifiers()))
        .map(WireNamesTest::value);
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The headers of a dead letter whose key and value are cut. */
  private static Stream<String> ofDeadLetters() {
    OriginalRecord read =
        new OriginalRecord(
            "t", 0, 0, new byte[2_000_000], new byte[2_000_000], new RecordHeaders());
    DeadLetter letter = DeadLetter.of("ingest", read, RejectionCode.DECODE, "detail", List.of());
    return Arrays.stream(letter.headers().toArray()).map(header -> header.key());
  }

  @Test
  void rejectionCodes() throws IOException {
    List<String> codes = Stream.of(RejectionCode.values()).map(Enum::name).toList();
    assertThat(WireNames.first(SCHEMAS, "Rejection codes")).containsExactlyElementsOf(codes);
  }

  @Test
  void consumerGroups(@TempDir Path directory) throws IOException {
    Pipeline pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
    List<String> groups =
        Stream.of(
                ProcessNames.application(ProcessNames.INGEST, pipeline),
                ProcessNames.application(ProcessNames.INFERENCE, pipeline),
                ProcessNames.featuresJob(pipeline.name(), "<generation>") + "-S",
                ProcessNames.driftJob(pipeline.name()),
                ProcessNames.application(ProcessNames.RETRAIN, pipeline))
            .map(name -> name.replace("flights", "P"))
            .toList();
    assertThat(WireNames.first(SCHEMAS, "Consumer groups")).isEqualTo(groups);
  }
}
