package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.topics.Progress;
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
 * Decodes the records of one of Millrace's own topics, or those of one source in the late topic.
 * Progress records are passed on as such. A rejected record is counted and becomes a dead letter.
 * While the registry does not answer, the reader waits: an outage does not make dead letters.
 */
public final class RecordReader implements KafkaRecordDeserializationSchema<IncomingRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(RecordReader.class);

  private final String stage;
  private final String pipeline;
  private final RecordTopic topic;
  private final RegistryFactory registry;

  @SuppressWarnings("NullAway.Init")
  private transient AvroDecoder decoder;

  @SuppressWarnings("NullAway.Init")
  private transient Counter deadLetters;

  /**
   * @param stage of the dead letters: features or drift
   * @param pipeline name of the pipeline, for metrics
   */
  public RecordReader(String stage, String pipeline, RecordTopic topic, RegistryFactory registry) {
    this.stage = stage;
    this.pipeline = pipeline;
    this.topic = topic;
    this.registry = registry;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder(registry.connect(), topic.encodedFor(), topic.schema());
    deadLetters =
        PipelineMetrics.of(context.getMetricGroup(), pipeline).counter("dead_letters_total");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<IncomingRecord> out) {
    if (topic.lateSource() != null && !isLateEvent(record, topic.lateSource())) {
      return;
    }
    if (Progress.isProgress(record.value(), record.headers())) {
      Progress progress = Progress.read(record.headers());
      if (progress != null) {
        out.collect(IncomingRecord.of(progress, record.partition(), record.offset()));
        return;
      }
    }
    Decoded decoded = decoder.decode(record.value());
    if (decoded instanceof Decoded.Value value) {
      Decoded.Rejected rejected = topic.check().check(value.record());
      out.collect(rejected == null ? accepted(record, value.record()) : rejected(record, rejected));
    } else if (decoded instanceof Decoded.Rejected rejected) {
      out.collect(rejected(record, rejected));
    }
  }

  private IncomingRecord accepted(ConsumerRecord<byte[], byte[]> record, GenericRecord value) {
    long timeMillis =
        Fields.value(value, topic.timeField()) instanceof Instant time
            ? time.toEpochMilli()
            : record.timestamp();
    return new IncomingRecord(
        value,
        null,
        null,
        timeMillis,
        topic.lateSource() != null,
        record.partition(),
        record.offset());
  }

  private IncomingRecord rejected(ConsumerRecord<byte[], byte[]> record, Decoded.Rejected reason) {
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
        null,
        record.timestamp(),
        topic.lateSource() != null,
        record.partition(),
        record.offset());
  }

  private static boolean isLateEvent(ConsumerRecord<byte[], byte[]> record, String source) {
    return source.equals(WireHeaders.text(record.headers(), WireHeaders.SOURCE));
  }

  @Override
  public TypeInformation<IncomingRecord> getProducedType() {
    return IncomingRecord.type(topic.schema());
  }
}
