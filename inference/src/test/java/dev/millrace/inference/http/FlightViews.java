package dev.millrace.inference.http;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The example of flights, with the view {@code origin} of one field, in partitions and with a ttl
 * of two days, and the view {@code route} of two fields, replicated.
 */
final class FlightViews {
  private static final String ROUTE =
      """

        route:
          from: departures
          entity: [origin, destination]
          aggregates:
            - {operations: [count], windows: [3h]}
            - {input: destination, operations: [last], windows: [3h]}
      model:
      """;

  final InMemoryRegistry registry = new InMemoryRegistry();
  final Pipeline pipeline;
  final List<ViewStore> views;

  FlightViews(Path directory) {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    try {
      Files.writeString(file, ExamplePipeline.FLIGHTS.yaml().replace("\nmodel:\n", ROUTE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pipeline = PipelineFile.load(file);
    views = ViewStore.of(pipeline);
  }

  ViewStore view(String name) {
    return views.stream().filter(view -> view.name().equals(name)).findFirst().orElseThrow();
  }

  /** The value of a store. */
  byte[] stored(String view, long asOfMillis, long newestMillis, Map<String, Object> features) {
    ViewStore store = view(view);
    Schema schema = PipelineSchemas.entityRow(pipeline, store.view());
    Schema featuresSchema = schema.getField("features").schema();
    GenericRecord values = new GenericData.Record(featuresSchema);
    for (Schema.Field field : featuresSchema.getFields()) {
      boolean isNumber = field.schema().getType() == Schema.Type.LONG;
      values.put(field.name(), features.getOrDefault(field.name(), isNumber ? 0L : null));
    }
    GenericRecord row = new GenericData.Record(schema);
    row.put("entity", "any");
    row.put("as_of", asOfMillis);
    row.put("sequence", 1L);
    row.put("newest", newestMillis);
    row.put("features", values);
    byte[] wire = AvroEncoder.forTopic(registry, store.topic(), schema).encode(row);
    return ByteBuffer.allocate(2 * Long.BYTES + wire.length)
        .putLong(asOfMillis)
        .putLong(1)
        .put(wire)
        .array();
  }
}
