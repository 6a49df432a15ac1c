package dev.millrace.drift.job;

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
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to one topic: key in UTF-8, value in the Confluent wire format, stamped with an
 * event time.
 */
final class WireWriter<T extends IndexedRecord>
    implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final int schemaId;
  private final Schema schema;
  private final SerializableFunction<T, String> key;
  private final SerializableFunction<T, Instant> time;

  @SuppressWarnings("NullAway.Init")
  private transient AvroEncoder encoder;

  /**
   * @param schemaId what the registry answered for {@code schema}
   * @param key of a record
   * @param time the record's event time
   */
  WireWriter(
      String topic,
      int schemaId,
      Schema schema,
      SerializableFunction<T, String> key,
      SerializableFunction<T, Instant> time) {
    this.topic = topic;
    this.schemaId = schemaId;
    this.schema = schema;
    this.key = key;
    this.time = time;
  }

  /** The connector looks for lingering transactions by topic. */
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
      T record, KafkaSinkContext context, @Nullable Long timestamp) {
    return new ProducerRecord<>(
        topic,
        null,
        time.apply(record).toEpochMilli(),
        key.apply(record).getBytes(StandardCharsets.UTF_8),
        encoder.encode(record));
  }
}
