package dev.millrace.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.onnx.ModelFile;
import dev.millrace.inference.onnx.OnnxModel;
import dev.millrace.inference.onnx.TestModels;
import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.ReadyEvent;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inputs that a prediction carries are those that the model was given, to the last bit. */
class PredictionLogTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Reading", "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "n", "type": "long", "default": 0},
        {"name": "x", "type": ["null", "double"], "default": null},
        {"name": "y", "type": "float", "default": 0},
        {"name": "z", "type": "double", "default": 0},
        {"name": "word", "type": ["null", "string"], "default": null},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]},
         "default": "A"},
        {"name": "on", "type": "boolean", "default": true}]}
      """;

  private static final String PIPELINE =
      """
      name: readings
      sources:
        readings: {topic: raw, schema: reading.avsc, id: id, key: id, time: at, lateness: 1m}
      score: readings
      """;

  /** 2^53 + 1, the smallest whole number that no double holds. */
  private static final long WIDE = (1L << 53) + 1;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void aFloat32TensorIsLoggedInSinglePrecision() throws IOException {
    GenericRecord inputs = inputs("weigh-float", "[x, n, z]", Map.of("x", 0.1, "n", WIDE));

    assertThat(value(inputs, "x")).isEqualTo((double) 0.1f);
    assertThat(value(inputs, "n")).isEqualTo(1L << 53);
  }

  @Test
  void aFloat16TensorIsLoggedInHalfPrecision() throws IOException {
    // The nearest half to 0.1 is 1638 / 2^14 (IEEE 754 binary16).
    assertThat(value(inputs("weigh-float16", "[x, n, z]", Map.of("x", 0.1)), "x"))
        .isEqualTo(1638 / 16384.0);
  }

  @Test
  void aFloat64TensorIsLoggedAsItIs() throws IOException {
    GenericRecord inputs = inputs("weigh-double", "[x, y, z]", Map.of("x", 0.1, "y", 0.2f));

    assertThat(value(inputs, "x")).isEqualTo(0.1);
    assertThat(value(inputs, "y")).isEqualTo((double) 0.2f);
  }

  @Test
  void anInt64ReachesTensorAndLogWithoutADouble() throws IOException {
    GenericRecord prediction = predict("equals-int64", "[n]", Map.of("n", WIDE));

    assertThat(prediction.get("score")).isEqualTo(1.0);
    assertThat(value((GenericRecord) prediction.get("inputs"), "n")).isEqualTo(WIDE);
  }

  @Test
  void aCollectingPipelineLogsFullWidth() throws IOException {
    GenericRecord inputs = inputs(null, "", Map.of("n", WIDE, "x", 0.1, "kind", "B"));

    assertThat(value(inputs, "n")).isEqualTo(WIDE);
    assertThat(value(inputs, "x")).isEqualTo(0.1);
    assertThat(value(inputs, "kind")).isEqualTo("B");
    assertThat(value(inputs, "on")).isEqualTo(true);
  }

  @Test
  void textIsLoggedAsTheModelGotIt() throws IOException {
    GenericRecord prediction = predict("words", "[word]", Map.of("word", "\uD83D\uDE00"));

    Object logged = value((GenericRecord) prediction.get("inputs"), "word");
    // The model scores the text itself 1, the replacement character 2, anything else 0.
    assertThat(prediction.get("score")).isEqualTo("\uD83D\uDE00".equals(logged) ? 1.0 : 2.0);
    assertThat(logged).isIn("\uD83D\uDE00", "\uFFFD");
  }

  @Test
  void aMissingTextIsNullWithItsStatus() throws IOException {
    GenericRecord inputs = inputs("words", "[word]", Map.of());

    assertThat(value(inputs, "word")).isNull();
    assertThat(((GenericRecord) inputs.get("word")).get("status")).hasToString("NULL_VALUE");
    assertThat(value(inputs("words", "[word]", Map.of("word", "")), "word")).isEqualTo("");
  }

  /** The views that are made of predictions use them. */
  @Test
  void fieldsOfTheEventAreInTheContext() throws IOException {
    String view =
        """
        features:
          past:
            from: predictions
            entity: kind
            aggregates:
              - {input: y, operations: [avg], windows: [1h], where: n > 3 && getHours(at) == 0}
        """;
    Files.writeString(directory.resolve("reading.avsc"), SCHEMA);
    Pipeline pipeline =
        PipelineFile.load(Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE + view));
    CleanEvent event = event(pipeline, Map.of("at", 4L, "n", 7L, "y", 0.5f, "kind", "B"));
    GenericRecord prediction =
        new PredictionBuilder(pipeline, null, 0)
            .build(
                new ReadyEvent(event, null, new EntityFeatures[0], WaitResult.NOT_AWAITED, 1),
                null,
                new Value[0],
                new @Nullable Object[0],
                null,
                null);

    GenericRecord context = (GenericRecord) prediction.get("context");
    assertThat(context.getSchema().getFields().stream().map(field -> context.get(field.pos())))
        .containsExactly(4L, 7L, 0.5, "B");
  }

  private GenericRecord inputs(@Nullable String model, String inputs, Map<String, Object> fields)
      throws IOException {
    return (GenericRecord) predict(model, inputs, fields).get("inputs");
  }

  private GenericRecord predict(@Nullable String model, String inputs, Map<String, Object> fields)
      throws IOException {
    Files.writeString(directory.resolve("reading.avsc"), SCHEMA);
    String text = model == null ? PIPELINE : PIPELINE + model(model, inputs);
    Pipeline pipeline =
        PipelineFile.load(Files.writeString(directory.resolve("pipeline.yaml"), text));
    try (OnnxModel loaded = model == null ? null : load(pipeline)) {
      ChampionModel champion =
          loaded == null ? null : new ChampionModel("m", loaded.version(), loaded::scorer);
      InferenceMetrics metrics = new InferenceMetrics(pipeline, new CollectorRegistry());
      List<ScoringResult> results = new ArrayList<>();
      try (EventScorer scorer = new EventScorer(pipeline, champion, 0, metrics, results::add)) {
        scorer.score(
            new ReadyEvent(
                event(pipeline, fields), null, new EntityFeatures[0], WaitResult.NOT_AWAITED, 1));
      }
      assertThat(results).hasSize(1);
      assertThat(results.get(0)).isInstanceOf(ScoringResult.Predicted.class);
      return ((ScoringResult.Predicted) results.get(0)).prediction();
    }
  }

  private String model(String name, String inputs) throws IOException {
    Path path = Files.createDirectories(directory.resolve(name));
    Files.write(path.resolve("model.onnx"), TestModels.bytes(name));
    return "model: {name: m, path: %s, inputs: %s, score: y}%n".formatted(name, inputs);
  }

  private static OnnxModel load(Pipeline pipeline) {
    Model model = Objects.requireNonNull(pipeline.model());
    return OnnxModel.load(
        ModelFile.read(Objects.requireNonNull(model.path())), model.inputs(), model.score());
  }

  private static CleanEvent event(Pipeline pipeline, Map<String, Object> fields) {
    GenericData.Record event = new GenericData.Record(pipeline.scored().schema());
    event
        .getSchema()
        .getFields()
        .forEach(
            field ->
                event.put(
                    field.name(),
                    field.hasDefaultValue() ? GenericData.get().getDefaultValue(field) : null));
    event.put("id", "r1");
    event.put("at", 0L);
    fields.forEach(event::put);
    byte[] none = new byte[0];
    return new CleanEvent(0, 0, none, none, new RecordHeaders(), event, new WaitStart(0, 0));
  }

  private static @Nullable Object value(GenericRecord inputs, String name) {
    return ((GenericRecord) inputs.get(name)).get("value");
  }
}
