package dev.millrace.ingest.topology;

import dev.millrace.ingest.parked.DecodedRecordHandler;
import dev.millrace.ingest.parked.ParkedRecordQueue;
import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.state.StoreName;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import dev.millrace.schemas.streams.records.RecordPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Decodes the records of one source, and passes them to the next handler. */
final class DecodingProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** Adds to the latency of parked records only. */
  static final Duration RETRY_INTERVAL = Duration.ofMillis(100);

  private final String source;
  private final NonBlockingDecoder decoder;
  private final Function<ProcessorContext<byte[], byte[]>, DecodedRecordHandler> next;
  private final ParkingDecoder.Limits limits;
  private final boolean removesAtCommit;
  private final IngestMetrics metrics;
  private final List<Runnable> stops = new ArrayList<>();
  private int reportedParked;

  // Set by init, which Kafka Streams calls before anything else.
  @SuppressWarnings("NullAway.Init")
  private ProcessorContext<byte[], byte[]> context;

  @SuppressWarnings("NullAway.Init")
  private ParkingDecoder parking;

  /**
   * @param next makes the handler of decoded records for a task
   * @param guarantee with at-least-once the task must have the store {@link StoreName#COMMITS}
   */
  DecodingProcessor(
      String source,
      NonBlockingDecoder decoder,
      Function<ProcessorContext<byte[], byte[]>, DecodedRecordHandler> next,
      ParkingDecoder.Limits limits,
      Guarantee guarantee,
      IngestMetrics metrics) {
    this.source = source;
    this.decoder = decoder;
    this.next = next;
    this.limits = limits;
    this.removesAtCommit = guarantee == Guarantee.AT_LEAST_ONCE;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    DecodedRecordHandler handler = next.apply(context);
    stops.add(handler::close);
    DeferredRemovals removals = new DeferredRemovals(removesAtCommit);
    ParkedRecordQueue parked =
        new ParkedRecordQueue(context.getStateStore(StoreName.PARKED.of(source)), removals);
    parking = new ParkingDecoder(source, decoder, parked, handler, limits);
    stops.add(
        context.schedule(RETRY_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> release())
            ::cancel);
    if (removesAtCommit) {
      Commits commits = context.getStateStore(StoreName.COMMITS.of(source));
      commits.listenAfter(removals::committed);
      stops.add(commits::stopListening);
    }
    report(parking.parkedCount());
  }

  /**
   * A task that is closed and used again keeps its schedules, unless they are cancelled. A
   * processor whose initialisation failed is closed too.
   */
  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stops.clear();
    report(0);
  }

  /** The decoder with the parked records. */
  ParkingDecoder parking() {
    return parking;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    parking.process(record, RecordPosition.of(context.recordMetadata().orElseThrow()));
    reportChange();
  }

  private void release() {
    parking.releaseDecodable();
    reportChange();
  }

  private void reportChange() {
    if (parking.parkedCount() != reportedParked) {
      report(parking.parkedCount());
    }
  }

  private void report(int parked) {
    metrics.parked(source, parked - reportedParked);
    reportedParked = parked;
  }
}
