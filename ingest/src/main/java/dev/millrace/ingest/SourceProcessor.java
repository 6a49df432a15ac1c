package dev.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.Checked.Invalid;
import dev.millrace.ingest.Checked.Valid;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Takes one producer's record to where it belongs.
 *
 * <p>An event is compared with those before it (has its id been seen?) on the partition of its key,
 * which it reaches by the rekeyed topic if its producer put it elsewhere. Late is an event that is
 * behind those that it arrived with, so that is judged before the hop.
 */
final class SourceProcessor implements ArrivalProcessor {
  private static final String ACCEPTED_THOUGH_LATE = "LATE";

  private final Source source;
  private final SourceNodes nodes;
  private final int partitions;
  private final Guarantee guarantee;
  private final EventCheck check;
  private final AvroEncoder encoder;
  private final InstantSource wallClock;
  private final IngestMetrics metrics;

  // Set by init, which Streams calls before anything else.
  @SuppressWarnings("NullAway.Init")
  private ProcessorContext<byte[], byte[]> context;

  @SuppressWarnings("NullAway.Init")
  private EventClock clock;

  @SuppressWarnings("NullAway.Init")
  private ArrivalProgress progress;

  @SuppressWarnings("NullAway.Init")
  private SeenIds seen;

  /**
   * @param partitions of the clean topic
   * @param encoder for the clean topic
   */
  SourceProcessor(
      Source source,
      SourceNodes nodes,
      int partitions,
      Guarantee guarantee,
      EventCheck check,
      AvroEncoder encoder,
      InstantSource wallClock,
      IngestMetrics metrics) {
    this.source = source;
    this.nodes = nodes;
    this.partitions = partitions;
    this.guarantee = guarantee;
    this.check = check;
    this.encoder = encoder;
    this.wallClock = wallClock;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    clock =
        new EventClock(
            context.getStateStore(nodes.clockStore()), source.lateness(), guarantee, wallClock);
    progress =
        new ArrivalProgress(
            context.getStateStore(nodes.progressStore()), source.deduplicate(), wallClock);
    seen = new SeenIds(context.getStateStore(nodes.seenStore()), source.deduplicate());
  }

  @Override
  public void close() {
    metrics.noClockLag(source.name(), context.taskId().partition());
  }

  @Override
  public long clockMillis() {
    return clock.millis();
  }

  @Override
  public void process(Arrival arrival) {
    Record<byte[], byte[]> record = arrival.record();
    RecordMetadata metadata = arrival.metadata();
    boolean isRekeyed = metadata.topic().equals(nodes.rekeyedTopic());
    Origin origin = isRekeyed ? Origin.read(record.headers()) : Origin.of(metadata, record);
    Checked checked = check.check(arrival.decoded());
    if (checked instanceof Invalid invalid) {
      die(record, origin, invalid);
      return;
    }
    Valid event = (Valid) checked;
    byte[] key = event.key().getBytes(UTF_8);
    Timing timing = isRekeyed ? Timing.read(record.headers()) : judge(arrival, event, origin);
    if (isRekeyed || origin.partition() == partition(key)) {
      accept(record, origin, event, key, timing);
    } else {
      rekey(record, origin, key, timing);
    }
  }

  /** An event that was parked is not late because others passed it meanwhile. */
  private Timing judge(Arrival arrival, Valid event, Origin origin) {
    Timing now = clock.judge(event.id(), event.timeMillis(), origin.offset());
    metrics.clockLag(source.name(), origin.partition(), clock.lagMillis());
    OptionalLong whenParked = arrival.clockWhenParkedMillis();
    return whenParked.isEmpty()
        ? now
        : new Timing(
            whenParked.getAsLong() - event.timeMillis() > source.lateness().toMillis(),
            now.clockMillis());
  }

  private void rekey(Record<byte[], byte[]> record, Origin origin, byte[] key, Timing timing) {
    Record<byte[], byte[]> moved = record.withKey(key);
    origin.write(moved.headers());
    timing.write(moved.headers());
    if (!RecordSize.fits(moved)) {
      die(record, origin, tooLarge(moved));
      return;
    }
    metrics.rekeyed(source.name());
    context.forward(moved, nodes.rekeyedSink());
  }

  private void accept(
      Record<byte[], byte[]> record, Origin origin, Valid event, byte[] key, Timing timing) {
    Sighting sighting =
        new Sighting(
            progress.take(origin.partition(), record.timestamp()),
            origin.partition(),
            origin.offset(),
            timing.late());
    Sighting first = seen.first(event.id(), sighting);
    if (!first.isOfSameRecordAs(sighting)) {
      metrics.ended(source.name(), Outcome.DUPLICATE, "");
      return;
    }
    boolean goesToLate = first.late() && source.late() == LatePolicy.TOPIC;
    Record<byte[], byte[]> accepted =
        new Record<>(
            key,
            encoder.encode(event.event()),
            event.timeMillis(),
            headers(record, origin, timing, goesToLate));
    if (!RecordSize.fits(accepted)) {
      die(record, origin, tooLarge(accepted));
      return;
    }
    seen.remember(event.id(), first, progress.earliestToComeMillis());
    if (goesToLate) {
      metrics.ended(source.name(), Outcome.LATE, "");
      context.forward(accepted, nodes.lateSink());
    } else {
      metrics.ended(source.name(), Outcome.ACCEPTED, first.late() ? ACCEPTED_THOUGH_LATE : "");
      context.forward(accepted, nodes.cleanSink());
    }
  }

  private Headers headers(
      Record<byte[], byte[]> record, Origin origin, Timing timing, boolean goesToLate) {
    Headers headers = producersOwn(record.headers());
    if (record.timestamp() > 0) {
      WireHeaders.put(headers, WireHeaders.PUBLISHED, record.timestamp());
    }
    WireHeaders.put(headers, WireHeaders.EVENT_CLOCK, timing.clockMillis());
    WireHeaders.put(headers, WireHeaders.ARRIVAL, origin.partition());
    if (goesToLate) {
      WireHeaders.put(headers, WireHeaders.SOURCE, source.name());
    }
    return headers;
  }

  private void die(Record<byte[], byte[]> record, Origin origin, Invalid reason) {
    metrics.ended(source.name(), Outcome.DEAD_LETTER, reason.code().name());
    context.forward(DeadLetters.of(record, origin, reason), nodes.deadLetterSink());
  }

  /** As Kafka's producer places a record with this key. */
  private int partition(byte[] key) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /** Headers such as a trace's context go on with the event; those of our hops end here. */
  private static Headers producersOwn(Headers headers) {
    Headers own = new RecordHeaders();
    for (Header header : headers) {
      if (!WireHeaders.isReserved(header.key())) {
        own.add(header);
      }
    }
    return own;
  }

  private static Invalid tooLarge(Record<byte[], byte[]> record) {
    return new Invalid(
        RejectionCode.TOO_LARGE,
        "the event would take %d bytes in its clean topic, but at most %d are written: publish large contents elsewhere and send a reference"
            .formatted(RecordSize.of(record), RecordSize.MAX_BYTES));
  }
}
