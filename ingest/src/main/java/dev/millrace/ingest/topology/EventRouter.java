package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.check.CheckedEvent;
import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.ingest.check.CheckedEvent.Valid;
import dev.millrace.ingest.check.EventCheck;
import dev.millrace.ingest.clock.EventClock;
import dev.millrace.ingest.clock.Lateness;
import dev.millrace.ingest.dedup.Deduplicator;
import dev.millrace.ingest.parked.DecodedRecord;
import dev.millrace.ingest.parked.DecodedRecordHandler;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import dev.millrace.schemas.topics.ProducerName;
import dev.millrace.schemas.topics.Topics;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Forwards each decoded record to the sink where it belongs: check, event clock, rekey,
 * deduplication, in this order.
 *
 * <p>Duplicates are found on the partition of the event's key. An event that arrived on another
 * partition is written to the rekeyed topic first. Lateness is judged on the arrival partition,
 * before that hop.
 */
final class EventRouter implements DecodedRecordHandler {

  private final Source source;
  private final String rekeyedTopic;
  private final int partitions;
  private final ProcessorContext<byte[], byte[]> context;
  private final EventCheck check;
  private final EventClock clock;
  private final Deduplicator deduplicator;
  private final OutputRecords outputs;
  private final IngestMetrics metrics;

  /**
   * @param encoder for the clean topic
   */
  EventRouter(
      Pipeline pipeline,
      Source source,
      ProcessorContext<byte[], byte[]> context,
      EventCheck check,
      EventClock clock,
      Deduplicator deduplicator,
      AvroEncoder encoder,
      IngestMetrics metrics) {
    this.source = source;
    this.rekeyedTopic = Topics.rekeyed(pipeline, source.name());
    this.partitions = pipeline.partitions();
    this.context = context;
    this.check = check;
    this.clock = clock;
    this.deduplicator = deduplicator;
    this.outputs = new OutputRecords(source.name(), encoder);
    this.metrics = metrics;
  }

  @Override
  public void close() {
    metrics.removeClockLag(source.name(), context.taskId().partition());
  }

  @Override
  public long clockMillis() {
    return clock.millis();
  }

  /** The lateness of a record of the rekeyed topic was judged before. */
  @Override
  public long clockMillis(RecordPosition parked) {
    return parked.topic().equals(rekeyedTopic)
        ? clock.millis()
        : clock.millisForParked(parked.offset());
  }

  @Override
  public void process(DecodedRecord decoded) {
    Record<byte[], byte[]> record = decoded.record();
    boolean rekeyed = decoded.position().topic().equals(rekeyedTopic);
    ArrivalPosition position =
        rekeyed
            ? RekeyHeaders.position(record.headers())
            : new ArrivalPosition(decoded.position(), record.key());
    CheckedEvent checked = check.check(decoded.decoded());
    if (checked instanceof Rejected rejected) {
      boolean undecodable = decoded.decoded() instanceof Decoded.Rejected;
      reject(
          record,
          position,
          undecodable ? StructuredCloudEvent.reason(record.headers(), rejected) : rejected);
      return;
    }
    Valid event = (Valid) checked;
    Lateness lateness =
        rekeyed ? RekeyHeaders.lateness(record.headers()) : judge(decoded, event, position);
    byte[] key = event.key().getBytes(UTF_8);
    if (rekeyed || position.partition() == partition(key)) {
      accept(record, position, event, lateness);
    } else {
      rekey(record, position, key, lateness);
    }
  }

  private Lateness judge(DecodedRecord decoded, Valid event, ArrivalPosition position) {
    Lateness lateness =
        decoded.clockWhenParkedMillis().isEmpty()
            ? clock.judge(event.id(), event.timeMillis(), position.offset())
            : clock.judgeParked(
                event.id(),
                event.timeMillis(),
                position.offset(),
                decoded.clockWhenParkedMillis().getAsLong());
    metrics.clockLag(source.name(), position.partition(), clock.lagMillis());
    return lateness;
  }

  private void rekey(
      Record<byte[], byte[]> record, ArrivalPosition position, byte[] key, Lateness lateness) {
    Record<byte[], byte[]> rekeyed = outputs.rekeyed(record, position, key, lateness);
    if (!StreamsRecordSize.fits(rekeyed)) {
      reject(record, position, OutputRecords.tooLarge(rekeyed));
      return;
    }
    metrics.rekeyed(source.name());
    forward(rekeyed, NodeName.REKEYED);
  }

  private void accept(
      Record<byte[], byte[]> record, ArrivalPosition position, Valid event, Lateness lateness) {
    Deduplicator.Lookup lookup =
        deduplicator.lookUp(
            event.id(),
            position.partition(),
            position.offset(),
            record.timestamp(),
            lateness.late());
    if (lookup.duplicate()) {
      metrics.checked(source.name(), IngestResult.DUPLICATE, "");
      return;
    }
    boolean late = lookup.first().late();
    boolean toLateTopic = late && source.late() == LatePolicy.TOPIC;
    Record<byte[], byte[]> output =
        toLateTopic
            ? outputs.late(record, position, event, lateness)
            : outputs.clean(record, position, event, lateness);
    if (!StreamsRecordSize.fits(output)) {
      reject(record, position, OutputRecords.tooLarge(output));
      return;
    }
    deduplicator.remember(event.id(), lookup.first());
    if (toLateTopic) {
      metrics.checked(source.name(), IngestResult.LATE, "");
      forward(output, NodeName.LATE);
    } else {
      metrics.checked(
          source.name(), IngestResult.ACCEPTED, late ? IngestMetrics.ACCEPTED_THOUGH_LATE : "");
      forward(output, NodeName.CLEAN);
    }
  }

  /** Writes a record as a dead letter. */
  void reject(Record<byte[], byte[]> record, ArrivalPosition position, Rejected reason) {
    metrics.deadLetter(source.name(), ProducerName.of(record.headers()), reason.code().name());
    forward(OutputRecords.deadLetter(record, position, reason), NodeName.DEAD_LETTERS);
  }

  private void forward(Record<byte[], byte[]> record, NodeName sink) {
    context.forward(record, sink.of(source.name()));
  }

  /** The partition on which Kafka's producer puts a record with this key. */
  private int partition(byte[] key) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }
}
