package dev.millrace.inference.topology;

import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;

/**
 * Creates the decoders of events and rows and the encoder of predictions. Those of one task must
 * not be used by another task.
 *
 * @param registry that caches and does not retry
 * @param predictionSchemaId of the predictions topic
 */
public record Codecs(Pipeline pipeline, Registry registry, int predictionSchemaId) {
  /**
   * The thread that fills global stores has no transaction that could time out, and the process
   * ends if the thread fails.
   */
  private static final Duration GLOBAL_RETRY_TIMEOUT = Duration.ofDays(1);

  /**
   * Registers the schema of the predictions topic.
   *
   * @param retrying for the registration
   */
  public static Codecs register(Pipeline pipeline, Registry registry, Registry retrying) {
    String subject = WireFormat.subject(Topics.predictions(pipeline));
    int id = retrying.register(subject, PipelineSchemas.prediction(pipeline));
    return new Codecs(pipeline, registry, id);
  }

  AvroDecoder eventDecoder() {
    return new AvroDecoder(
        registry.retrying(StreamsDefaults.REGISTRY_RETRY_TIMEOUT),
        Topics.clean(pipeline, pipeline.score()),
        pipeline.scored().schema());
  }

  AvroDecoder rowDecoder(ViewAccess view) {
    Duration timeout =
        view.isReplicated() ? GLOBAL_RETRY_TIMEOUT : StreamsDefaults.REGISTRY_RETRY_TIMEOUT;
    return new AvroDecoder(
        registry.retrying(timeout),
        view.topic(),
        PipelineSchemas.featureRow(pipeline, view.view()));
  }

  AvroEncoder predictionEncoder() {
    return new AvroEncoder(predictionSchemaId, PipelineSchemas.prediction(pipeline));
  }
}
