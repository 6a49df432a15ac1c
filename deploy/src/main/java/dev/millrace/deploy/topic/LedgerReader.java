package dev.millrace.deploy.topic;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.demo.PipelineConsumer;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.util.List;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pipeline's topics back into a {@link Ledger}. Dead letters of the Flink jobs are left
 * out: they say that a record did not count for features or drift, not how its event ended.
 */
public final class LedgerReader {
  private static final Set<String> STAGES_OF_EVENTS = Set.of("ingest", "inference");

  private final String bootstrapServers;
  private final Registry registry;
  private final Pipeline pipeline;

  public LedgerReader(String bootstrapServers, Registry registry, Pipeline pipeline) {
    this.bootstrapServers = bootstrapServers;
    this.registry = registry;
    this.pipeline = pipeline;
  }

  /** Audits the scored source: what is committed in the topics at this moment. */
  public Ledger.Audit audit() {
    Ledger ledger = new Ledger();
    Source source = pipeline.scored();
    AvroDecoder events = new AvroDecoder(registry, source.topic(), source.schema());
    String clean = Topics.clean(pipeline, source.name());
    AvroDecoder accepted = new AvroDecoder(registry, clean, source.schema());
    String predictions = Topics.predictions(pipeline);
    AvroDecoder predicted =
        new AvroDecoder(registry, predictions, PipelineSchemas.prediction(pipeline));
    // The source first: what is published meanwhile is left out, not found lost.
    read(
        source.topic(),
        record ->
            ledger.event(
                new Ledger.Position(record.partition(), record.offset()),
                text(events, record, source.id())));
    read(predictions, record -> ledger.prediction(required(predicted, record, "event_id")));
    read(
        Topics.late(pipeline),
        record -> {
          if (PipelineConsumer.header(record, Topics.SOURCE_HEADER).equals(source.name())) {
            ledger.late(required(accepted, record, source.id()));
          }
        });
    read(
        Topics.deadLetters(pipeline),
        record -> deadLetter(ledger, record, source, clean, accepted));
    return ledger.audit();
  }

  private static void deadLetter(
      Ledger ledger,
      ConsumerRecord<byte[], byte[]> record,
      Source source,
      String clean,
      AvroDecoder accepted) {
    if (!STAGES_OF_EVENTS.contains(PipelineConsumer.header(record, "millrace.error.stage"))) {
      return;
    }
    String code = PipelineConsumer.header(record, "millrace.error.code");
    String topic = PipelineConsumer.header(record, "__streams.errors.topic");
    if (topic.equals(source.topic())) {
      int partition = Integer.parseInt(PipelineConsumer.header(record, "__streams.errors.partition"));
      long offset = Long.parseLong(PipelineConsumer.header(record, "__streams.errors.offset"));
      ledger.deadLetter(code, new Ledger.Position(partition, offset));
    } else if (topic.equals(clean)) {
      ledger.deadLetter(code, required(accepted, record, source.id()));
    }
  }

  private void read(
      String topic, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
    TopicReader.read(bootstrapServers, List.of(topic), action);
  }

  private static @Nullable String text(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record, String field) {
    if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      GenericRecord decoded = value.record();
      Object id = decoded.get(field);
      return id == null ? null : id.toString();
    }
    return null;
  }

  private static String required(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record, String field) {
    String text = text(decoder, record, field);
    if (text == null) {
      throw new IllegalStateException(
          "%s-%d at offset %d: no readable %s"
              .formatted(record.topic(), record.partition(), record.offset(), field));
    }
    return text;
  }
}
