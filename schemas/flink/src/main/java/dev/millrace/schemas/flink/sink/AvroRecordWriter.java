package dev.millrace.schemas.flink.sink;

import dev.millrace.schemas.codec.AvroEncoder;
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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Writes records to one topic: the key in UTF-8, the value in the Confluent wire format. */
public final class AvroRecordWriter<T>
    implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final int schemaId;
  private final Schema schema;
  private final RecordLayout<T> layout;

  @SuppressWarnings("NullAway.Init")
  private transient AvroEncoder encoder;

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
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T element, KafkaSinkContext context, @Nullable Long timestamp) {
    IndexedRecord value = layout.value(element);
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
