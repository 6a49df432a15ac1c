package dev.millrace.ingest.parked;

import dev.millrace.schemas.codec.Attempt;
import dev.millrace.schemas.codec.NonBlockingDecoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import java.util.OptionalInt;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Decodes records and passes them to a handler. A record whose schema cannot be looked up yet is
 * parked, and passed on when its schema is known or known not to exist; other records overtake it.
 * Records with the same schema id stay in their order. For one task.
 */
public final class ParkingDecoder {
  /** How many records, and how many bytes, may be parked for each partition of each source. */
  public record Limits(int records, long bytes) {
    /** At 200 bytes a record, 64 MiB hold 300,000; the index of 100,000 takes some 10 MB. */
    public static final Limits DEFAULT = new Limits(100_000, 64L * 1024 * 1024);
  }

  /** Records released in one call: well below a second's work, so that commits stay on time. */
  private static final int RELEASED_PER_CALL = 1_000;

  /** Schema ids looked at in one call; only random bytes produce so many. */
  private static final int IDS_PER_CALL = 5_000;

  private final String source;
  private final NonBlockingDecoder decoder;
  private final ParkedRecordQueue parked;
  private final DecodedRecordHandler next;
  private final Limits limits;

  /** Resumes with the records that are parked already. */
  public ParkingDecoder(
      String source,
      NonBlockingDecoder decoder,
      ParkedRecordQueue parked,
      DecodedRecordHandler next,
      Limits limits) {
    this.source = source;
    this.decoder = decoder;
    this.parked = parked;
    this.next = next;
    this.limits = limits;
  }

  /**
   * Passes a record on, or parks it.
   *
   * @throws RegistryUnavailable if it cannot be parked, and the registry does not answer
   * @throws IllegalStateException if it cannot be parked although the registry answers
   */
  public void process(Record<byte[], byte[]> record, RecordPosition position) {
    Attempt attempt = decoder.attempt(record.value());
    if (attempt instanceof Attempt.Pending pending) {
      park(record, position, pending.reason());
    } else if (isBehindOthers(record)) {
      park(record, position, "others with the same schema id were parked before it");
    } else {
      next.process(DecodedRecord.direct(record, position, ((Attempt.Done) attempt).decoded()));
    }
  }

  /** Whether other records with the same schema id are still parked. */
  private boolean isBehindOthers(Record<byte[], byte[]> record) {
    if (parked.isEmpty()) {
      return false;
    }
    OptionalInt id = WireFormat.schemaIdOf(record.value());
    if (id.isEmpty() || !parked.holds(id.getAsInt())) {
      return false;
    }
    release(id.getAsInt(), RELEASED_PER_CALL);
    return parked.holds(id.getAsInt());
  }

  private void park(Record<byte[], byte[]> record, RecordPosition position, String reason) {
    ParkedRecord waiting = new ParkedRecord(record, position, next.clockMillis(position));
    if (!StreamsRecordSize.fits(record)) {
      throw cannotPark(record, "the record is too large to be parked", reason);
    }
    if (isFull()) {
      // After a thread was replaced this may be the first call that can release records.
      releaseDecodable();
    }
    if (isFull()) {
      String full = "%d records, %d bytes are parked".formatted(parked.count(), parked.bytes());
      throw cannotPark(record, full, reason);
    }
    parked.add(waiting);
  }

  private boolean isFull() {
    return parked.count() >= limits.records || parked.bytes() >= limits.bytes;
  }

  /**
   * Stops the stream: the thread is replaced and reads the record again. That is an outage only
   * while the registry does not answer.
   */
  private RuntimeException cannotPark(Record<byte[], byte[]> record, String why, String reason) {
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

  /** Passes on parked records whose schema is now known, or known not to exist. */
  public void releaseDecodable() {
    int left = RELEASED_PER_CALL;
    for (int schemaId : parked.nextSchemaIds(IDS_PER_CALL)) {
      if (left > 0 && !decoder.isPending(schemaId)) {
        left -= release(schemaId, left);
      }
    }
  }

  private int release(int schemaId, int most) {
    int released = 0;
    for (; released < most; released++) {
      ParkedRecord first = parked.peek(schemaId);
      if (first == null
          || !(decoder.attempt(first.record().value()) instanceof Attempt.Done done)) {
        break;
      }
      next.process(DecodedRecord.released(first, done.decoded()));
      parked.removeFirst(schemaId);
    }
    return released;
  }

  /**
   * The event clock by which the next events may be judged: the lowest one of the parked records,
   * or the current one. After a crash without transactions parked records may be ahead of it.
   */
  public long lowestClockMillis() {
    return Math.min(next.clockMillis(), parked.lowestClockMillis());
  }

  /** A mark after all records that are parked now. */
  public long mark() {
    return parked.nextNumber();
  }

  /** Whether all records that were parked at a mark have been passed on. */
  public boolean isPast(long mark) {
    return parked.oldestNumber() >= mark;
  }

  /** Records that are parked now. */
  public int parkedCount() {
    return parked.count();
  }
}
