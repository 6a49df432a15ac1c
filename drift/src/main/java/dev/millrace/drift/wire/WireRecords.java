package dev.millrace.drift.wire;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.avro.Schema;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one of Millrace's own topics, and the late events of the same source beside it. What cannot
 * be decoded is counted and goes on as a dead letter.
 */
public final class WireRecords implements KafkaRecordDeserializationSchema<Incoming> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(WireRecords.class);

  private final SerializableSupplier<Registry> registry;
  private final String topic;
  private final Schema schema;
  private final @Nullable String lateSource;

  @SuppressWarnings("NullAway.Init")
  private transient AvroDecoder decoder;

  @SuppressWarnings("NullAway.Init")
  private transient Counter rejected;

  /**
   * @param topic under whose subject late events are encoded, too
   * @param schema that records are read into
   * @param lateSource source whose events are read from other topics; null: no other topic is read
   */
  public WireRecords(
      SerializableSupplier<Registry> registry,
      String topic,
      Schema schema,
      @Nullable String lateSource) {
    this.registry = registry;
    this.topic = topic;
    this.schema = schema;
    this.lateSource = lateSource;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder(registry.get(), topic, schema);
    rejected = context.getMetricGroup().counter("records_rejected");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Incoming> out) {
    boolean late = !record.topic().equals(topic);
    if (late && !isOfSource(record.headers())) {
      return;
    }
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      long clock =
          late ? Incoming.NO_CLOCK : WireHeaders.eventClock(record.headers(), record.timestamp());
      int arrival = WireHeaders.arrival(record.headers(), record.partition());
      out.collect(new Incoming(value.record(), null, arrival, clock));
    } else if (decoded instanceof Decoded.Rejected reason) {
      rejected.inc();
      log.warn(
          "Cannot decode offset {} of {}-{}, written to the dead letters: {}, {}",
          record.offset(),
          record.topic(),
          record.partition(),
          reason.code(),
          reason.detail());
      Unreadable letter = Unreadable.of(record, reason);
      out.collect(new Incoming(null, letter, record.partition(), Incoming.NO_CLOCK));
    }
  }

  private boolean isOfSource(Headers headers) {
    String source = WireHeaders.text(headers, WireHeaders.SOURCE);
    return source != null && source.equals(lateSource);
  }

  @Override
  public TypeInformation<Incoming> getProducedType() {
    return Incoming.type(schema);
  }
}
