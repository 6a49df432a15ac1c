package dev.millrace.inference.topology;

import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.VectorRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.avro.RowAnswer;
import dev.millrace.schemas.avro.RowQuestion;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * Creates the decoders of events, vectors and rows, and the encoders of predictions and rows. Those
 * of one task must not be used by another task.
 *
 * @param registry that caches and does not retry
 * @param schemaIds of what is encoded, by topic
 */
public record Codecs(Pipeline pipeline, Registry registry, Map<String, Integer> schemaIds) {
  /**
   * The thread that fills global stores has no transaction that could time out, and the process
   * ends if the thread fails.
   */
  private static final Duration GLOBAL_RETRY_TIMEOUT = Duration.ofDays(1);

  /**
   * Registers the schemas of what is encoded.
   *
   * @param retrying for the registration
   */
  public static Codecs register(Pipeline pipeline, Registry registry, Registry retrying) {
    Map<String, Schema> encoded = new HashMap<>();
    encoded.put(Topics.predictions(pipeline), PipelineSchemas.prediction(pipeline));
    for (ViewStore view : ViewStore.of(pipeline)) {
      if (view.isFedByVectors()) {
        encoded.put(view.topic(), PipelineSchemas.entityRow(pipeline, view.view()));
      }
    }
    if (pipeline.hasRepartitionedViews()) {
      encoded.put(Topics.rowQuestions(pipeline), RowQuestion.getClassSchema());
      encoded.put(Topics.rowAnswers(pipeline), RowAnswer.getClassSchema());
    }
    Map<String, Integer> ids = new HashMap<>();
    encoded.forEach(
        (topic, schema) -> ids.put(topic, retrying.register(WireFormat.subject(topic), schema)));
    return new Codecs(pipeline, registry, ids);
  }

  AvroDecoder eventDecoder() {
    return new AvroDecoder(
        registry.retrying(StreamsDefaults.REGISTRY_RETRY_TIMEOUT),
        Topics.clean(pipeline, pipeline.score()),
        pipeline.scored().schema());
  }

  AvroDecoder rowDecoder(ViewStore view) {
    Duration timeout =
        view.isReplicated() ? GLOBAL_RETRY_TIMEOUT : StreamsDefaults.REGISTRY_RETRY_TIMEOUT;
    return new AvroDecoder(
        registry.retrying(timeout), view.topic(), PipelineSchemas.entityRow(pipeline, view.view()));
  }

  AvroDecoder vectorDecoder() {
    return new AvroDecoder(
        registry.retrying(StreamsDefaults.REGISTRY_RETRY_TIMEOUT),
        Topics.vectors(pipeline),
        PipelineSchemas.vector(pipeline));
  }

  AvroEncoder questionEncoder() {
    return encoder(Topics.rowQuestions(pipeline), RowQuestion.getClassSchema());
  }

  AvroDecoder questionDecoder() {
    return new AvroDecoder(
        registry.retrying(StreamsDefaults.REGISTRY_RETRY_TIMEOUT),
        Topics.rowQuestions(pipeline),
        RowQuestion.getClassSchema());
  }

  AvroEncoder answerEncoder() {
    return encoder(Topics.rowAnswers(pipeline), RowAnswer.getClassSchema());
  }

  AvroDecoder answerDecoder() {
    return new AvroDecoder(
        registry.retrying(StreamsDefaults.REGISTRY_RETRY_TIMEOUT),
        Topics.rowAnswers(pipeline),
        RowAnswer.getClassSchema());
  }

  /** The rows that the vectors hold of a view, for its store. */
  VectorRows vectorRows(ViewStore view, NewestRows newest) {
    Schema schema = PipelineSchemas.entityRow(pipeline, view.view());
    List<String> views =
        pipeline.lookups().values().stream().map(lookup -> lookup.view().name()).toList();
    AvroEncoder encoder = encoder(view.topic(), schema);
    return new VectorRows(views.indexOf(view.name()), schema, encoder, newest);
  }

  AvroEncoder predictionEncoder() {
    return encoder(Topics.predictions(pipeline), PipelineSchemas.prediction(pipeline));
  }

  private AvroEncoder encoder(String topic, Schema schema) {
    return new AvroEncoder(Objects.requireNonNull(schemaIds.get(topic), topic), schema);
  }
}
