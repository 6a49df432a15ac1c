package dev.millrace.deploy.topic;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the committed records of a pipeline's topics into a {@link Ledger}. Dead letters of the
 * Flink jobs are not read: they mean that a record was not used for features or drift; its event
 * has another ending.
 */
public final class LedgerReader {
  private static final Set<String> STAGES_OF_EVENTS =
      Set.of(ProcessNames.INGEST, ProcessNames.INFERENCE);

  private final String bootstrapServers;
  private final Registry registry;
  private final Pipeline pipeline;

  public LedgerReader(String bootstrapServers, Registry registry, Pipeline pipeline) {
    this.bootstrapServers = bootstrapServers;
    this.registry = registry;
    this.pipeline = pipeline;
  }

  /** Audits the scored source, by the records that are committed at the time of the call. */
  public Ledger.Audit audit() {
    Ledger ledger = new Ledger();
    Source source = pipeline.scored();
    AvroDecoder events = new AvroDecoder(registry, source.topic(), source.schema());
    String clean = Topics.clean(pipeline, source.name());
    AvroDecoder accepted = new AvroDecoder(registry, clean, source.schema());
    String predictions = Topics.predictions(pipeline);
    AvroDecoder predicted =
        new AvroDecoder(registry, predictions, PipelineSchemas.prediction(pipeline));
    // The source is read first: an event published during the audit must not count as lost.
    read(
        source.topic(),
        record -> {
          if (!isProgress(record)) {
            ledger.event(
                new Ledger.Position(record.partition(), record.offset()),
                text(events, record, source.id()));
          }
        });
    read(
        predictions,
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            ledger.prediction(required(predicted, record, "event_id"));
          }
        });
    read(
        Topics.late(pipeline),
        record -> {
          if (header(record, WireHeaders.SOURCE).equals(source.name())) {
            ledger.late(required(accepted, record, source.id()));
          }
        });
    read(
        Topics.deadLetters(pipeline),
        record -> deadLetter(ledger, record, source, clean, accepted));
    return ledger.audit();
  }

  /** A producer's progress; one that is not valid counts as an event and ends as a dead letter. */
  private static boolean isProgress(ConsumerRecord<byte[], byte[]> record) {
    return record.key() == null
        && record.value() == null
        && WireHeaders.number(record.headers(), WireHeaders.PROGRESS) != null;
  }

  private static void deadLetter(
      Ledger ledger,
      ConsumerRecord<byte[], byte[]> record,
      Source source,
      String clean,
      AvroDecoder accepted) {
    if (!STAGES_OF_EVENTS.contains(header(record, WireHeaders.ERROR_STAGE))) {
      return;
    }
    String code = header(record, WireHeaders.ERROR_CODE);
    String topic = original(record, "topic");
    if (topic.equals(source.topic())) {
      int partition = Integer.parseInt(original(record, "partition"));
      long offset = Long.parseLong(original(record, "offset"));
      ledger.deadLetter(code, new Ledger.Position(partition, offset));
    } else if (topic.equals(clean)) {
      ledger.deadLetter(code, required(accepted, record, source.id()));
    }
  }

  private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
    TopicReader.read(bootstrapServers, List.of(topic), action);
  }

  private static String original(ConsumerRecord<byte[], byte[]> record, String name) {
    return header(record, WireHeaders.STREAMS_ERROR_PREFIX + name);
  }

  /** The text of a header; empty if it is missing. */
  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return Objects.requireNonNullElse(WireHeaders.text(record.headers(), name), "");
  }

  private static @Nullable String text(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record, String field) {
    if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      Object id = value.record().get(field);
      return id == null ? null : id.toString();
    }
    return null;
  }

  private static String required(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record, String field) {
    String text = text(decoder, record, field);
    if (text == null) {
      throw new IllegalStateException(
          "%s-%d at offset %d: %s cannot be read"
              .formatted(record.topic(), record.partition(), record.offset(), field));
    }
    return text;
  }
}
