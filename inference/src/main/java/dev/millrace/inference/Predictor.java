package dev.millrace.inference;

import dev.millrace.inference.InputValues.Value;
import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.onnx.Scorer;
import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Scores an event with the rows found for it, and writes down all that went into it. */
final class Predictor implements AutoCloseable {

  /** What became of an event. */
  sealed interface Answer {
    /**
     * @param prediction in the schema of the predictions topic
     */
    record Predicted(GenericData.Record prediction) implements Answer {}

    /**
     * @param detail what was wrong with the model's output
     * @param inputs that the model was given, see {@link InputsHeader}
     */
    record Refused(String detail, Header inputs) implements Answer {}
  }

  private final Pipeline pipeline;
  private final List<ViewPlan> views;
  private final InputValues inputValues;
  private final InputsHeader inputsHeader;
  private final @Nullable Champion champion;
  private final @Nullable Scorer scorer;
  private final InferenceMetrics metrics;
  private final Schema schema;
  private final Schema inputs;
  private final Schema slices;
  private final Schema viewMarks;

  Predictor(
      Pipeline pipeline,
      List<ViewPlan> views,
      @Nullable Champion champion,
      InferenceMetrics metrics) {
    this.pipeline = pipeline;
    this.views = views;
    this.champion = champion;
    this.metrics = metrics;
    this.inputValues = new InputValues(pipeline, views);
    this.inputsHeader = new InputsHeader(pipeline);
    this.scorer = champion == null ? null : champion.scorers().get();
    this.schema = PipelineSchemas.prediction(pipeline);
    this.inputs = schema.getField("inputs").schema();
    this.slices = schema.getField("slices").schema();
    this.viewMarks = schema.getField("views").schema();
  }

  /**
   * Scores one event.
   *
   * @param rows by the index of their view; null: there is none
   * @param waits by the index of their view
   * @param now wall clock, epoch millis
   */
  Answer predict(Event event, int partition, @Nullable Row[] rows, WaitResult[] waits, long now) {
    Value[] values = inputValues.read(event, rows);
    @Nullable Object[] given = given(values);
    Double score = null;
    if (scorer != null) {
      Scored scored = scorer.score(given);
      metrics.scored(scored);
      if (scored instanceof Scored.Rejected rejected) {
        return new Answer.Refused(rejected.detail(), inputsHeader.of(given));
      }
      score = ((Scored.Score) scored).value();
    }
    Long published = published(event);
    GenericData.Record prediction = new GenericData.Record(schema);
    String id = String.valueOf(InputValues.text(event.fields, pipeline.scored().id()));
    prediction.put("event_id", id);
    prediction.put("key", new String(event.key, StandardCharsets.UTF_8));
    prediction.put("event_time", event.time);
    prediction.put("published_at", published);
    prediction.put("scored_at", now);
    prediction.put("source", mark(id, event, partition));
    putModel(prediction, score);
    prediction.put("inputs", inputs(values, given));
    prediction.put("views", views(rows, waits));
    prediction.put("slices", slices(event));
    metrics.predicted(values, waits, published == null ? null : now - published);
    return new Answer.Predicted(prediction);
  }

  private void putModel(GenericRecord prediction, @Nullable Double score) {
    prediction.put("score", score);
    if (champion != null) {
      prediction.put("model", champion.name());
      prediction.put("model_version", champion.version());
      prediction.put("role", Role.CHAMPION);
      prediction.put("role_reason", "only model");
      prediction.put("positive", positive(score));
      return;
    }
    Model model = pipeline.model();
    prediction.put("model", model == null ? null : model.name());
    prediction.put("role", Role.COLLECTING);
    prediction.put(
        "role_reason",
        model == null ? "the pipeline has no model" : "the pipeline's model has no path");
  }

  private @Nullable Object positive(@Nullable Double score) {
    Model model = pipeline.model();
    return score == null || model == null || model.positive() == null
        ? null
        : model.positive().evaluate(Map.of("score", score));
  }

  private GenericRecord mark(String id, Event event, int partition) {
    GenericRecord mark = new GenericData.Record(EventRef.getClassSchema());
    mark.put("event_id", id);
    mark.put("event_time", event.time);
    mark.put("partition", partition);
    mark.put("offset", event.offset);
    return mark;
  }

  /** The values as the model sees them; where there is none, as they are. */
  private @Nullable Object[] given(Value[] values) {
    @Nullable Object[] plain = new @Nullable Object[values.length];
    for (int i = 0; i < values.length; i++) {
      plain[i] = values[i].value();
    }
    return scorer == null ? plain : scorer.seen(plain);
  }

  private GenericRecord inputs(Value[] values, @Nullable Object[] given) {
    GenericRecord record = new GenericData.Record(inputs);
    for (int i = 0; i < values.length; i++) {
      GenericRecord input = new GenericData.Record(inputs.getFields().get(i).schema());
      input.put(0, given[i]);
      input.put(1, values[i].status());
      input.put(2, values[i].ageMillis());
      record.put(i, input);
    }
    return record;
  }

  private GenericRecord views(@Nullable Row[] rows, WaitResult[] waits) {
    GenericRecord record = new GenericData.Record(viewMarks);
    for (int i = 0; i < views.size(); i++) {
      Row row = rows[i];
      GenericRecord view = new GenericData.Record(viewMarks.getFields().get(i).schema());
      view.put(0, row == null ? null : row.mark());
      view.put(1, waits[i]);
      record.put(i, view);
    }
    return record;
  }

  private GenericRecord slices(Event event) {
    GenericRecord record = new GenericData.Record(slices);
    for (Schema.Field slice : slices.getFields()) {
      record.put(slice.pos(), InputValues.text(event.fields, slice.name()));
    }
    return record;
  }

  private static @Nullable Long published(Event event) {
    return WireHeaders.number(event.headers, WireHeaders.PUBLISHED);
  }

  @Override
  public void close() {
    if (scorer != null) {
      scorer.close();
    }
  }
}
