package dev.millrace.inference.topology;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Encodes the records of ingest and features, and decodes those of inference. */
final class PaymentRecords {
  final InMemoryRegistry registry;
  private final Pipeline pipeline;
  private final AvroEncoder events;
  private final AvroDecoder predictions;

  PaymentRecords(Pipeline pipeline) {
    this(pipeline, new InMemoryRegistry());
  }

  PaymentRecords(Pipeline pipeline, InMemoryRegistry registry) {
    this.pipeline = pipeline;
    this.registry = registry;
    this.events =
        AvroEncoder.forTopic(registry, Topics.clean(pipeline, "payments"), Payments.EVENT);
    Codecs.register(pipeline, registry, registry);
    // As when the topics were created: the same layout has the same id in each generation.
    registry.register(
        WireFormat.subject(Topics.vectors(pipeline)), PipelineSchemas.vector(pipeline));
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

  /**
   * The features of an entity.
   *
   * @param sum NaN: null
   */
  record Answer(long newestMillis, long count, double sum) {
    private GenericRecord features(Schema schema) {
      GenericRecord features = new GenericData.Record(schema);
      features.put("count_1h", count);
      features.put("amount_sum_1h", Double.isNaN(sum) ? null : sum);
      return features;
    }
  }

  byte[] row(String view, String entity, long asOfMillis, long sequence, Answer answer) {
    Schema schema =
        PipelineSchemas.entityRow(pipeline, Objects.requireNonNull(pipeline.features().get(view)));
    GenericData.Record row = new GenericData.Record(schema);
    row.put("entity", entity);
    row.put("as_of", asOfMillis);
    row.put("sequence", sequence);
    row.put("newest", answer.newestMillis);
    row.put("features", answer.features(schema.getField("features").schema()));
    return AvroEncoder.forTopic(registry, Topics.features(pipeline, view), schema).encode(row);
  }

  /**
   * A vector.
   *
   * @param answers by lookup; the others are null
   */
  byte[] vector(String id, long time, long offset, boolean complete, Map<String, Answer> answers) {
    Schema schema = PipelineSchemas.vector(pipeline);
    GenericRecord eventRef = new GenericData.Record(schema.getField("event").schema());
    eventRef.put("event_id", id);
    eventRef.put("event_time", time);
    eventRef.put("partition", 0);
    eventRef.put("offset", offset);
    GenericRecord lookups = new GenericData.Record(schema.getField("lookups").schema());
    answers.forEach(
        (lookup, answer) -> {
          Schema ofLookup = Fields.withoutNull(lookups.getSchema().getField(lookup).schema());
          GenericRecord part = new GenericData.Record(ofLookup);
          part.put("newest", answer.newestMillis);
          part.put("features", answer.features(ofLookup.getField("features").schema()));
          lookups.put(lookup, part);
        });
    GenericData.Record vector = new GenericData.Record(schema);
    vector.put("event", eventRef);
    vector.put("complete", complete);
    vector.put("lookups", lookups);
    return AvroEncoder.forTopic(registry, Topics.vectors(pipeline), schema).encode(vector);
  }

  GenericRecord prediction(byte[] value) {
    if (predictions.decode(value) instanceof Decoded.Value decoded) {
      return decoded.record();
    }
    throw new AssertionError("not a prediction");
  }
}
