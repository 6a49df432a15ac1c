package dev.millrace.schemas.flink.sink;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.deadletter.RecordSize;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to one topic: the key in UTF-8, the value in the Confluent wire format. A record
 * that does not fit into a request is {@linkplain RecordLayout#shortened shortened} or left out,
 * since Kafka's client would fail the job again and again; it is logged and counted.
 */
public final class AvroRecordWriter<T>
    implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(AvroRecordWriter.class);

  /** Default of max.request.size (1,048,576), less what a batch adds to a record. */
  private static final int MAX_BYTES = 1_048_000;

  private final String topic;
  private final int schemaId;
  private final Schema schema;
  private final RecordLayout<T> layout;

  @SuppressWarnings("NullAway.Init")
  private transient AvroEncoder encoder;

  @SuppressWarnings("NullAway.Init")
  private transient Counter tooLarge;

  /**
   * @param schemaId of {@code schema} in the registry
   */
  public AvroRecordWriter(String topic, int schemaId, Schema schema, RecordLayout<T> layout) {
    this.topic = topic;
    this.schemaId = schemaId;
    this.schema = schema;
    this.layout = layout;
  }

  /** The connector searches for unfinished transactions by topic. */
  @Override
  public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
    return Optional.of(
        new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    encoder = new AvroEncoder(schemaId, schema);
    tooLarge = context.getMetricGroup().addGroup("topic", topic).counter("records_too_large_total");
  }

  @Override
  public @Nullable ProducerRecord<byte[], byte[]> serialize(
      T element, KafkaSinkContext context, @Nullable Long timestamp) {
    IndexedRecord value = layout.value(element);
    ProducerRecord<byte[], byte[]> record = record(element, value);
    if (fits(record)) {
      return record;
    }
    tooLarge.inc();
    IndexedRecord shortened = layout.shortened(element);
    log.error(
        "A record of topic {} with a key of {} bytes and a value of {} bytes does not fit into a request of {} bytes, and is {}. A text field of its events is too long.",
        topic,
        record.key().length,
        record.value() == null ? 0 : record.value().length,
        MAX_BYTES,
        shortened == null ? "left out" : "written without features");
    ProducerRecord<byte[], byte[]> instead = shortened == null ? null : record(element, shortened);
    return instead == null || !fits(instead) ? null : instead;
  }

  private static boolean fits(ProducerRecord<byte[], byte[]> record) {
    return RecordSize.of(record.key(), record.value(), record.headers()) <= MAX_BYTES;
  }

  private ProducerRecord<byte[], byte[]> record(T element, @Nullable IndexedRecord value) {
    Instant time = layout.timestamp(element);
    Headers headers = new RecordHeaders();
    layout.addHeaders(element, headers);
    return new ProducerRecord<>(
        topic,
        layout.partition(element),
        time == null ? null : time.toEpochMilli(),
        layout.key(element).getBytes(StandardCharsets.UTF_8),
        value == null ? null : encoder.encode(value),
        headers);
  }
}
