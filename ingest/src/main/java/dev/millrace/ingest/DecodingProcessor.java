package dev.millrace.ingest;

import dev.millrace.schemas.codec.Attempt;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.streams.commit.Removals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Decodes the records of one source and hands them on. A record whose schema cannot be looked up
 * yet is parked in a store, and handed on when its schema is known or known not to exist; others
 * pass it meanwhile. Records with one schema id stay in their order.
 */
final class DecodingProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** Adds to the latency of parked records only. */
  static final Duration RETRY_INTERVAL = Duration.ofMillis(100);

  /** How much may be parked, for each partition of each source. */
  record Bounds(int records, long bytes) {
    /** At 200 bytes a record, 64 MiB hold 300,000; the index of 100,000 takes some 10 MB. */
    static final Bounds DEFAULT = new Bounds(100_000, 64L * 1024 * 1024);
  }

  /** Handed on in one go: well below a second's work, so that commits stay on time. */
  private static final int RELEASED_AT_ONCE = 1_000;

  /** Looked at in one go; there are that many only while somebody sends random bytes. */
  private static final int IDS_AT_ONCE = 5_000;

  private final String source;
  private final SourceNodes nodes;
  private final NonBlockingDecoder decoder;
  private final ArrivalProcessor next;
  private final Bounds bounds;
  private final boolean removesAtCommit;
  private final List<Runnable> stops = new ArrayList<>();
  private final IngestMetrics metrics;

  // Set by init, which Streams calls before anything else.
  @SuppressWarnings("NullAway.Init")
  private ProcessorContext<byte[], byte[]> context;

  @SuppressWarnings("NullAway.Init")
  private ParkedRecords parked;

  private int reported;

  /**
   * @param guarantee with at-least-once the store is there that hears of commits
   */
  DecodingProcessor(
      String source,
      SourceNodes nodes,
      NonBlockingDecoder decoder,
      ArrivalProcessor next,
      Bounds bounds,
      Guarantee guarantee,
      IngestMetrics metrics) {
    this.source = source;
    this.nodes = nodes;
    this.decoder = decoder;
    this.next = next;
    this.bounds = bounds;
    this.removesAtCommit = guarantee == Guarantee.AT_LEAST_ONCE;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    next.init(context);
    stops.add(next::close);
    Removals removals = new Removals(removesAtCommit);
    parked = new ParkedRecords(context.getStateStore(nodes.parkedStore()), removals);
    stops.add(
        context.schedule(
                RETRY_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> releaseWhatIsKnown())
            ::cancel);
    if (removesAtCommit) {
      Commits commits = context.getStateStore(nodes.commitsStore());
      commits.listen(removals::committed);
      stops.add(commits::stopListening);
    }
    report();
  }

  /**
   * A task that is closed and used again keeps its schedules, unless they are cancelled. One whose
   * initialisation failed is closed too.
   */
  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stops.clear();
    metrics.parked(source, -reported);
    reported = 0;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata metadata = context.recordMetadata().orElseThrow();
    Attempt attempt = decoder.attempt(record.value());
    if (attempt instanceof Attempt.Pending pending) {
      park(record, metadata, pending.reason());
    } else if (isBehindOthers(record)) {
      park(record, metadata, "others with the same schema id were parked before it");
    } else {
      Decoded decoded = ((Attempt.Done) attempt).decoded();
      next.process(Arrival.direct(record, metadata, decoded));
    }
  }

  /** Whether records with the same schema id are parked still, after some were released. */
  private boolean isBehindOthers(Record<byte[], byte[]> record) {
    if (parked.isEmpty()) {
      return false;
    }
    OptionalInt id = WireFormat.schemaIdOf(record.value());
    if (id.isEmpty() || !parked.holds(id.getAsInt())) {
      return false;
    }
    release(id.getAsInt(), RELEASED_AT_ONCE);
    report();
    return parked.holds(id.getAsInt());
  }

  private void park(Record<byte[], byte[]> record, RecordMetadata metadata, String reason) {
    ParkedRecord waiting = new ParkedRecord(record, Position.of(metadata), next.clockMillis());
    if (!RecordSize.fits(record)) {
      throw stopped(record, "the record is too large to be parked", reason);
    }
    if (isFull()) {
      // After a thread was replaced this may be the first chance.
      releaseWhatIsKnown();
    }
    if (isFull()) {
      String full = "%d records, %d bytes are parked".formatted(parked.count(), parked.bytes());
      throw stopped(record, full, reason);
    }
    parked.add(waiting);
    report();
  }

  private boolean isFull() {
    return parked.count() >= bounds.records || parked.bytes() >= bounds.bytes;
  }

  /**
   * The thread is replaced and reads the record again. That is an outage only while the registry
   * does not answer.
   */
  private RuntimeException stopped(Record<byte[], byte[]> record, String why, String reason) {
    String what =
        "source %s: schema id %d is not known (%s), and %s"
            .formatted(source, WireFormat.schemaIdOf(record.value()).orElse(-1), reason, why);
    return decoder.registryAnswers()
        ? new IllegalStateException(
            what
                + ". The schema registry answers: stop the producers that send records without a"
                + " registered schema")
        : new RegistryUnavailable(what + ": the stream waits for the schema registry");
  }

  private void releaseWhatIsKnown() {
    int left = RELEASED_AT_ONCE;
    for (int schemaId : parked.nextSchemaIds(IDS_AT_ONCE)) {
      if (left > 0 && !decoder.isPending(schemaId)) {
        left -= release(schemaId, left);
      }
    }
    report();
  }

  private int release(int schemaId, int most) {
    int released = 0;
    for (; released < most; released++) {
      ParkedRecord first = parked.peek(schemaId);
      if (first == null
          || !(decoder.attempt(first.record().value()) instanceof Attempt.Done done)) {
        break;
      }
      next.process(Arrival.released(first, done.decoded()));
      parked.removeFirst(schemaId);
    }
    return released;
  }

  private void report() {
    metrics.parked(source, parked.count() - reported);
    reported = parked.count();
  }
}
