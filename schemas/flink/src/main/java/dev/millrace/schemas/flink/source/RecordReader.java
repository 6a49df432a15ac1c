package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the records of one of Millrace's own topics, and those of the same source in the late
 * topic. A rejected record is counted and becomes a dead letter. While the registry does not
 * answer, the reader waits: an outage does not make dead letters.
 */
public final class RecordReader implements KafkaRecordDeserializationSchema<IncomingRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(RecordReader.class);

  private final String stage;
  private final String pipeline;
  private final RecordTopics topics;
  private final RegistryFactory registry;

  @SuppressWarnings("NullAway.Init")
  private transient AvroDecoder decoder;

  @SuppressWarnings("NullAway.Init")
  private transient Counter deadLetters;

  /**
   * @param stage of the dead letters: features or drift
   * @param pipeline name of the pipeline, for metrics
   */
  public RecordReader(
      String stage, String pipeline, RecordTopics topics, RegistryFactory registry) {
    this.stage = stage;
    this.pipeline = pipeline;
    this.topics = topics;
    this.registry = registry;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder(registry.connect(), topics.topic(), topics.schema());
    deadLetters =
        PipelineMetrics.of(context.getMetricGroup(), pipeline).counter("dead_letters_total");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<IncomingRecord> out) {
    boolean late = !record.topic().equals(topics.topic());
    if (late && !isOfSource(record)) {
      return;
    }
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      Decoded.Rejected rejected = topics.check().check(value.record());
      out.collect(
          rejected == null
              ? accepted(record, value.record(), late)
              : rejected(record, rejected, late));
    } else if (decoded instanceof Decoded.Rejected rejected) {
      out.collect(rejected(record, rejected, late));
    }
  }

  private IncomingRecord accepted(
      ConsumerRecord<byte[], byte[]> record, GenericRecord value, boolean late) {
    long timeMillis =
        Fields.value(value, topics.timeField()) instanceof Instant time
            ? time.toEpochMilli()
            : record.timestamp();
    return new IncomingRecord(
        value,
        null,
        timeMillis,
        late ? IncomingRecord.NO_CLOCK : WireHeaders.eventClock(record.headers(), timeMillis),
        WireHeaders.arrival(record.headers(), record.partition()),
        late,
        record.partition(),
        record.offset());
  }

  private IncomingRecord rejected(
      ConsumerRecord<byte[], byte[]> record, Decoded.Rejected reason, boolean late) {
    deadLetters.inc();
    log.warn(
        "Rejected offset {} of {}-{}, written to the dead letters: {}, {}",
        record.offset(),
        record.topic(),
        record.partition(),
        reason.code(),
        reason.detail());
    return new IncomingRecord(
        null,
        DeadLetterRecord.of(stage, record, reason),
        record.timestamp(),
        IncomingRecord.NO_CLOCK,
        record.partition(),
        late,
        record.partition(),
        record.offset());
  }

  private boolean isOfSource(ConsumerRecord<byte[], byte[]> record) {
    String source = WireHeaders.text(record.headers(), WireHeaders.SOURCE);
    return source != null && source.equals(topics.lateSource());
  }

  @Override
  public TypeInformation<IncomingRecord> getProducedType() {
    return IncomingRecord.type(topics.schema());
  }
}
