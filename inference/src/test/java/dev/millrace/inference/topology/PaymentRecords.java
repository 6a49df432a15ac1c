package dev.millrace.inference.topology;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Encodes the records of ingest and features, and decodes those of inference. */
final class PaymentRecords {
  final InMemoryRegistry registry = new InMemoryRegistry();
  private final Pipeline pipeline;
  private final AvroEncoder events;
  private final AvroDecoder predictions;

  PaymentRecords(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.events =
        AvroEncoder.forTopic(registry, Topics.clean(pipeline, "payments"), Payments.EVENT);
    Codecs.register(pipeline, registry, registry);
    this.predictions =
        new AvroDecoder(
            registry, Topics.predictions(pipeline), PipelineSchemas.prediction(pipeline));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  byte[] event(String id, String card, @Nullable String merchant, long time, double amount) {
    GenericData.Record event = new GenericData.Record(Payments.EVENT);
    event.put("payment_id", id);
    event.put("card", card);
    event.put("merchant", merchant);
    event.put("paid_at", time);
    event.put("amount", amount);
    return events.encode(event);
  }

  /** A row; a sum of NaN is written as null. */
  byte[] row(
      String view, String entity, String id, long time, long offset, long count, double sum) {
    Schema schema =
        PipelineSchemas.featureRow(pipeline, Objects.requireNonNull(pipeline.features().get(view)));
    GenericRecord eventRef = new GenericData.Record(schema.getField("event").schema());
    eventRef.put("event_id", id);
    eventRef.put("event_time", time);
    eventRef.put("partition", 0);
    eventRef.put("offset", offset);
    GenericRecord features = new GenericData.Record(schema.getField("features").schema());
    features.put("count_1h", count);
    features.put("amount_sum_1h", Double.isNaN(sum) ? null : sum);
    GenericData.Record row = new GenericData.Record(schema);
    row.put("entity", entity);
    row.put("event", eventRef);
    row.put("features", features);
    return AvroEncoder.forTopic(registry, Topics.features(pipeline, view), schema).encode(row);
  }

  GenericRecord prediction(byte[] value) {
    if (predictions.decode(value) instanceof Decoded.Value decoded) {
      return decoded.record();
    }
    throw new AssertionError("not a prediction");
  }
}
