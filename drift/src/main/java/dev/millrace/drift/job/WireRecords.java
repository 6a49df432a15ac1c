package dev.millrace.drift.job;

import dev.millrace.schemas.wire.AvroDecoder;
import dev.millrace.schemas.wire.Decoded;
import dev.millrace.schemas.wire.Registry;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one of Millrace's own topics. What cannot be read there was written by someone else: it is
 * counted and logged with its place, and the stream goes on.
 */
final class WireRecords implements KafkaRecordDeserializationSchema<GenericRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(WireRecords.class);

  private final SerializableSupplier<Registry> registry;
  private final String topic;
  private final Schema schema;

  @SuppressWarnings("NullAway.Init")
  private transient AvroDecoder decoder;

  @SuppressWarnings("NullAway.Init")
  private transient Counter rejected;

  /**
   * @param schema that records are read into
   */
  WireRecords(SerializableSupplier<Registry> registry, String topic, Schema schema) {
    this.registry = registry;
    this.topic = topic;
    this.schema = schema;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder(registry.get(), topic, schema);
    rejected = context.getMetricGroup().counter("records_rejected");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<GenericRecord> out) {
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      out.collect(value.record());
    } else if (decoded instanceof Decoded.Rejected reason) {
      rejected.inc();
      log.warn(
          "Skipped offset {} of {}-{}: {}, {}",
          record.offset(),
          record.topic(),
          record.partition(),
          reason.code(),
          reason.detail());
    }
  }

  @Override
  public TypeInformation<GenericRecord> getProducedType() {
    return new GenericRecordAvroTypeInfo(schema);
  }
}
