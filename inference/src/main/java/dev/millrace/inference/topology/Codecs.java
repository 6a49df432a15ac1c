package dev.millrace.inference.topology;

import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.VectorRows;
import dev.millrace.inference.rows.ViewStore;
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
 * @param predictionSchemaId of the predictions topic
 * @param rowSchemaIds of the feature topics of the views that the vectors feed, by the view's name
 */
public record Codecs(
    Pipeline pipeline,
    Registry registry,
    int predictionSchemaId,
    Map<String, Integer> rowSchemaIds) {
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
    String subject = WireFormat.subject(Topics.predictions(pipeline));
    int id = retrying.register(subject, PipelineSchemas.prediction(pipeline));
    Map<String, Integer> rowSchemaIds = new HashMap<>();
    for (ViewStore view : ViewStore.of(pipeline)) {
      if (view.isFedByVectors()) {
        Schema schema = PipelineSchemas.entityRow(pipeline, view.view());
        rowSchemaIds.put(view.name(), retrying.register(WireFormat.subject(view.topic()), schema));
      }
    }
    return new Codecs(pipeline, registry, id, rowSchemaIds);
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

  /** The rows that the vectors hold of a view, for its store. */
  VectorRows vectorRows(ViewStore view, NewestRows newest) {
    Schema schema = PipelineSchemas.entityRow(pipeline, view.view());
    int id = Objects.requireNonNull(rowSchemaIds.get(view.name()), view.name());
    List<String> views =
        pipeline.lookups().values().stream().map(lookup -> lookup.view().name()).toList();
    return new VectorRows(views.indexOf(view.name()), schema, new AvroEncoder(id, schema), newest);
  }

  AvroEncoder predictionEncoder() {
    return new AvroEncoder(predictionSchemaId, PipelineSchemas.prediction(pipeline));
  }
}
