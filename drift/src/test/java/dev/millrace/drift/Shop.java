package dev.millrace.drift;

import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Retrain;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** A pipeline for tests: orders are scored, refunds are their labels. */
public final class Shop {
  public static final long WINDOW = 1_000;
  public static final TumblingWindows WINDOWS = new TumblingWindows(WINDOW);
  public static final String VERSION = "0123456789ab";

  public static final Drift DRIFT =
      new Drift(
          Duration.ofMillis(WINDOW),
          dev.millrace.schemas.pipeline.Reference.TRAINING,
          new Budget(1, Duration.ofHours(1)),
          0.02,
          100);

  public static final Schema ORDER = event("Order", "order_id");
  public static final Schema REFUND = event("Refund", "refund_id", "order_id");

  public static final Schema PREDICTION = PipelineSchemas.prediction(pipeline());

  private Shop() {}

  public static Pipeline pipeline() {
    return pipeline(new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ZERO, 0));
  }

  public static Pipeline pipeline(Retrain retrain) {
    Map<String, Source> sources = new LinkedHashMap<>();
    sources.put("orders", source("orders", "order_id", ORDER));
    sources.put("refunds", source("refunds", "refund_id", REFUND));
    Map<String, Type> fields = Map.of("amount", Type.DOUBLE, "channel", Type.STRING);
    Model model =
        new Model(
            "refund",
            null,
            List.of(
                input("amount", fields, InputType.NUMBER),
                input("channel", fields, InputType.TEXT)),
            null,
            null);
    Labels labels =
        new Labels(
            "refunds",
            "order_id",
            Expression.compile("amount > 0.0", fields),
            Expression.compile("false", Map.of()),
            Duration.ofMillis(5 * WINDOW),
            List.of());
    return new Pipeline(
        "shop",
        Guarantee.EXACTLY_ONCE,
        4,
        sources,
        "orders",
        Map.of(),
        model,
        labels,
        DRIFT,
        retrain);
  }

  /** The pipeline with the directory of its model; null: without a model. */
  public static Pipeline pipeline(@Nullable Path directory) {
    return pipeline(directory, pipeline().labels(), DRIFT);
  }

  /** The pipeline with other sections. */
  public static Pipeline pipeline(
      @Nullable Path directory, @Nullable Labels labels, @Nullable Drift drift) {
    Pipeline shop = pipeline();
    Model model = Objects.requireNonNull(shop.model());
    return new Pipeline(
        shop.name(),
        shop.guarantee(),
        shop.partitions(),
        shop.sources(),
        shop.score(),
        shop.features(),
        new Model(model.name(), directory, model.inputs(), model.score(), model.positive()),
        labels,
        drift,
        shop.retrain());
  }

  /** Drift from the first predictions of the version. */
  public static Drift first(int windows) {
    return new Drift(
        DRIFT.window(),
        DRIFT.reference(),
        DRIFT.falseAlarms(),
        DRIFT.minEffect(),
        DRIFT.minSamples(),
        DRIFT.minRatio(),
        DRIFT.recoveryWindows(),
        DRIFT.season(),
        DRIFT.window().multipliedBy(windows),
        List.of());
  }

  public static String channel(Random random) {
    return List.of("web", "web", "web", "shop", "phone").get(random.nextInt(5));
  }

  /**
   * Predictions of one window, spread over it.
   *
   * @param shift of the amounts, in their standard deviations
   */
  public static List<GenericRecord> window(long start, int size, double shift) {
    return window(start, size, shift, 0);
  }

  /**
   * Predictions of one window, spread over it.
   *
   * @param scores the lowest score; the highest is 1
   */
  public static List<GenericRecord> window(long start, int size, double shift, double scores) {
    Random random = new Random(start + size);
    List<GenericRecord> predictions = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long offset = start * 100 + i;
      double amount = 50 + 10 * (random.nextGaussian() + shift);
      long time = start + i * WINDOW / size;
      String channel = channel(random);
      double score = scores + (1 - scores) * random.nextDouble();
      predictions.add(prediction(offset, time, amount, channel, score));
    }
    return predictions;
  }

  public static GenericRecord prediction(
      long offset, long time, double amount, String channel, double score) {
    Schema schema = PREDICTION;
    GenericRecord source = record(schema, "source");
    source.put("event_id", "e" + offset);
    source.put("event_time", time);
    source.put("partition", (int) (offset % 4));
    source.put("offset", offset);
    GenericRecord inputs = record(schema, "inputs");
    inputs.put("amount", input(inputs, "amount", amount));
    inputs.put("channel", input(inputs, "channel", channel));
    GenericRecord prediction = new GenericData.Record(schema);
    prediction.put("event_id", "e" + offset);
    prediction.put("key", "k");
    prediction.put("event_time", time);
    prediction.put("scored_at", time);
    prediction.put("source", source);
    prediction.put("model", "refund");
    prediction.put("model_version", VERSION);
    prediction.put("role", symbol(schema.getField("role").schema(), "CHAMPION"));
    prediction.put("role_reason", "the only model");
    prediction.put("score", score);
    prediction.put("inputs", inputs);
    GenericRecord vector = record(schema, "vector");
    vector.put("wait", symbol(vector.getSchema().getField("wait").schema(), "NOT_AWAITED"));
    vector.put("complete", true);
    prediction.put("vector", vector);
    prediction.put("slices", record(schema, "slices"));
    return prediction;
  }

  /** A refund: its label is true. */
  public static GenericRecord refund(String orderId, long time) {
    GenericRecord refund = new GenericData.Record(REFUND);
    refund.put("refund_id", "r" + orderId);
    refund.put("order_id", orderId);
    refund.put("at", time);
    refund.put("amount", 9.5);
    refund.put("channel", "web");
    return refund;
  }

  public static GenericData.EnumSymbol symbol(Schema schema, String symbol) {
    return new GenericData.EnumSymbol(schema, symbol);
  }

  private static GenericRecord input(GenericRecord inputs, String name, Object value) {
    GenericRecord input = record(inputs.getSchema(), name);
    input.put("value", value);
    input.put("status", symbol(input.getSchema().getField("status").schema(), "PRESENT"));
    return input;
  }

  private static GenericRecord record(Schema schema, String field) {
    return new GenericData.Record(schema.getField(field).schema());
  }

  private static ModelInput input(String name, Map<String, Type> fields, InputType type) {
    return new ModelInput(
        name, Expression.compile(name, fields), ModelInput.Kind.SOURCE_FIELD, type);
  }

  private static Source source(String name, String id, Schema schema) {
    return new Source(
        name,
        name,
        schema,
        id,
        id,
        "at",
        Duration.ofMillis(WINDOW / 2),
        LatePolicy.TOPIC,
        Duration.ofHours(1),
        Duration.ofHours(1),
        Map.of());
  }

  private static Schema event(String name, String... ids) {
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record(name).namespace("shop").fields();
    for (String id : ids) {
      fields = fields.requiredString(id);
    }
    return fields
        .name("at")
        .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
        .noDefault()
        .requiredDouble("amount")
        .requiredString("channel")
        .endRecord();
  }
}
