package dev.millrace.inference.http;

import dev.millrace.inference.rows.EntityRow;
import dev.millrace.inference.rows.StoredRow;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.util.HashMap;
import java.util.Map;

/** Decodes rows on any thread; each has decoders of its own, since they are for one thread. */
final class RowDecoder {
  private final Pipeline pipeline;
  private final Registry registry;
  private final ThreadLocal<Map<String, AvroDecoder>> decoders =
      ThreadLocal.withInitial(HashMap::new);

  /**
   * @param registry that caches and does not retry: the client of the request does
   */
  RowDecoder(Pipeline pipeline, Registry registry) {
    this.pipeline = pipeline;
    this.registry = registry;
  }

  /**
   * The row of a store's value.
   *
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if a schema has to be looked up and
   *     the registry does not answer
   */
  EntityRow decode(ViewStore view, byte[] stored) {
    AvroDecoder decoder =
        decoders
            .get()
            .computeIfAbsent(
                view.name(),
                name ->
                    new AvroDecoder(
                        registry, view.topic(), PipelineSchemas.entityRow(pipeline, view.view())));
    return StoredRow.decode(stored, decoder, view.store());
  }
}
