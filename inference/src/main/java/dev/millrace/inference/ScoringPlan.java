package dev.millrace.inference;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * What all processors of a pipeline's topology share.
 *
 * @param views in the file's order
 * @param champion null: the pipeline collects
 * @param predictionSchemaId of the predictions topic
 */
record ScoringPlan(
    Pipeline pipeline,
    List<ViewPlan> views,
    @Nullable Champion champion,
    Registry registry,
    int predictionSchemaId,
    InferenceMetrics metrics) {
  /** Names of stores. */
  static final String PENDING_EVENTS = "pending-events";

  static final String OWN_ROWS = "own-rows";

  /** Where {@link #removesAtCommit} holds. */
  static final String COMMITS = "commits";

  /** Names of sinks. */
  static final String PREDICTIONS = "predictions";

  static final String DEAD_LETTERS = "dead-letters";

  /** The thread that fills global stores has no transaction, and its death ends the process. */
  private static final Duration ON_GLOBAL_THREAD = Duration.ofDays(1);

  /** Registers the predictions' schema, so that no processor has to ask for it. */
  static int register(Pipeline pipeline, Registry registry) {
    String subject = WireFormat.subject(Topics.predictions(pipeline));
    return registry.register(subject, PipelineSchemas.prediction(pipeline));
  }

  /** Whether the stores keep what was answered until the answers are known to be written. */
  boolean removesAtCommit() {
    return pipeline.guarantee() == Guarantee.AT_LEAST_ONCE;
  }

  String cleanTopic() {
    return Topics.clean(pipeline, pipeline.score());
  }

  RecordPosition cleanOrigin(int partition, long offset) {
    return new RecordPosition(cleanTopic(), partition, offset);
  }

  AvroDecoder eventDecoder() {
    return new AvroDecoder(
        patient(StreamsDefaults.REGISTRY_RETRY_TIMEOUT), cleanTopic(), pipeline.scored().schema());
  }

  AvroDecoder rowDecoder(ViewPlan view) {
    Registry patient =
        patient(view.isGlobal() ? ON_GLOBAL_THREAD : StreamsDefaults.REGISTRY_RETRY_TIMEOUT);
    return new AvroDecoder(
        patient, view.topic(), PipelineSchemas.featureRow(pipeline, view.view()));
  }

  private Registry patient(Duration limit) {
    return registry.retrying(limit);
  }

  Predictor predictor() {
    return new Predictor(pipeline, views, champion, metrics);
  }

  AvroEncoder encoder() {
    return new AvroEncoder(predictionSchemaId, PipelineSchemas.prediction(pipeline));
  }

  String eventId(GenericRecord event) {
    return String.valueOf(InputValues.text(event, pipeline.scored().id()));
  }

  /** The key of an event's row in a view, or null if the event names no entity. */
  byte @Nullable [] entity(ViewPlan view, GenericRecord event) {
    String text = InputValues.text(event, view.view().entity());
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /** The key that a clean event has. */
  byte[] key(GenericRecord event) {
    return String.valueOf(InputValues.text(event, pipeline.scored().key()))
        .getBytes(StandardCharsets.UTF_8);
  }
}
