package dev.millrace.ingest.topology;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.ingest.check.EventCheck;
import dev.millrace.ingest.check.ProgressCheck;
import dev.millrace.ingest.clock.EventClock;
import dev.millrace.ingest.dedup.Deduplicator;
import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.state.SourceStores;
import dev.millrace.ingest.state.StoreName;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The processor of one source: passes events to the decoder and the router, and takes and writes
 * progress records.
 */
final class SourceProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** How often it is checked whether progress is to be written. */
  private static final Duration PROGRESS_CHECK_INTERVAL = Duration.ofMillis(100);

  private final SourceSettings settings;
  private final String rekeyedTopic;
  private final ProgressCheck check;
  private final List<Runnable> stops = new ArrayList<>();

  // Set by init, which Kafka Streams calls before anything else.
  @SuppressWarnings("NullAway.Init")
  private ProcessorContext<byte[], byte[]> context;

  @SuppressWarnings("NullAway.Init")
  private EventClock clock;

  @SuppressWarnings("NullAway.Init")
  private EventRouter router;

  @SuppressWarnings("NullAway.Init")
  private DecodingProcessor decoding;

  @SuppressWarnings("NullAway.Init")
  private ProgressWriter progress;

  SourceProcessor(SourceSettings settings) {
    this.settings = settings;
    this.rekeyedTopic = Topics.rekeyed(settings.pipeline(), settings.name());
    this.check = new ProgressCheck(WireHeaders.PROGRESS, settings.source(), settings.wallClock());
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    clock =
        new EventClock(
            SourceStores.clockState(
                context.getStateStore(StoreName.EVENT_CLOCK.of(settings.name()))),
            settings.source().lateness(),
            settings.pipeline().guarantee(),
            settings.wallClock());
    router = router();
    decoding =
        new DecodingProcessor(
            settings.name(),
            new NonBlockingDecoder(
                settings.lookups(), settings.source().topic(), settings.source().schema()),
            unused -> router,
            ParkingDecoder.Limits.DEFAULT,
            settings.pipeline().guarantee(),
            settings.metrics());
    stops.add(decoding::close);
    decoding.init(context);
    progress =
        new ProgressWriter(
            settings.pipeline(),
            settings.source(),
            context,
            clock,
            decoding.parking(),
            settings.arrivals(),
            settings.wallClock());
    stops.add(
        context.schedule(
                PROGRESS_CHECK_INTERVAL,
                PunctuationType.WALL_CLOCK_TIME,
                now -> progress.writeIfDue())
            ::cancel);
  }

  private EventRouter router() {
    String name = settings.name();
    return new EventRouter(
        settings.pipeline(),
        settings.source(),
        context,
        new EventCheck(
            settings.source(),
            settings.pipeline().entityFields(settings.source()),
            settings.wallClock()),
        clock,
        new Deduplicator(
            SourceStores.idStore(context.getStateStore(StoreName.PUBLISHED_IDS.of(name))),
            SourceStores.progressState(context.getStateStore(StoreName.ARRIVAL_PROGRESS.of(name))),
            settings.source().deduplicate(),
            settings.wallClock()),
        new AvroEncoder(settings.cleanId(), settings.source().schema()),
        settings.metrics());
  }

  /** A processor whose initialisation failed is closed too. */
  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stops.clear();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordPosition position = RecordPosition.of(context.recordMetadata().orElseThrow());
    if (!position.topic().equals(rekeyedTopic)) {
      progress.beforeRecord();
      if (record.key() == null && Progress.isProgress(record.value(), record.headers())) {
        promise(record, position);
      } else {
        decoding.process(record);
      }
      clock.read(position.offset());
    } else if (Progress.isProgress(record.value(), record.headers())) {
      progress.take(record);
    } else {
      decoding.process(record);
    }
  }

  /** Takes the progress that a producer sent. */
  private void promise(Record<byte[], byte[]> record, RecordPosition position) {
    String text = WireHeaders.text(record.headers(), WireHeaders.PROGRESS);
    Rejected rejected = check.rejection(text);
    if (rejected != null) {
      router.reject(record, new ArrivalPosition(position, null), rejected);
    } else if (text != null) {
      clock.promise(Long.parseLong(text), position.offset());
      progress.readProgress();
    }
  }
}
