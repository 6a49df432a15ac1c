package dev.millrace.inference;

import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.commit.Removals;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Scores the events of one partition. An event whose own rows are not all here waits for them, no
 * longer than each view allows.
 *
 * <p>Events come in the order of their offsets, and a row names the offset of the event that caused
 * it. So a row's offset alone tells whether its event is yet to come (the row is kept), waits (it
 * may be scored now) or has been scored (the row comes again, or too late, and is only offered to
 * the view).
 */
final class PartitionScorer implements AutoCloseable {
  /** How often all rows are read to find those that have been kept too long. */
  private static final long OLD_ROWS_CHECK_MILLIS = Duration.ofHours(1).toMillis();

  private final ScoringPlan plan;
  private final List<ViewPlan> views;
  private final ProcessorContext<byte[], byte[]> context;
  private final int partition;
  private final Map<String, Integer> viewByTopic = new HashMap<>();
  private final List<AvroDecoder> rowDecoders = new ArrayList<>();
  private final List<ViewRows> viewRows = new ArrayList<>();
  private final AvroDecoder eventDecoder;
  private final PendingEvents pending;
  private final OwnRows ownRows;
  private final Removals removals;
  private final Deadlines deadlines;
  private final Output output;

  /** The newest offset seen; -1: none since the task came here. */
  private long lastOffset = -1;

  /** Wall clock, epoch millis. */
  private long oldRowsCheckedAt;

  /** Takes up what an earlier process left in the stores. */
  PartitionScorer(ScoringPlan plan, ProcessorContext<byte[], byte[]> context) {
    this.plan = plan;
    this.views = plan.views();
    this.context = context;
    this.partition = context.taskId().partition();
    this.eventDecoder = plan.eventDecoder();
    this.output = new Output(plan, context);
    this.removals = new Removals(plan.removesAtCommit());
    this.oldRowsCheckedAt = context.currentSystemTimeMs();
    for (int v = 0; v < views.size(); v++) {
      ViewPlan view = views.get(v);
      viewByTopic.put(view.topic(), v);
      rowDecoders.add(plan.rowDecoder(view));
      viewRows.add(new ViewRows(context.getStateStore(view.store()), rowDecoders.get(v)));
    }
    this.ownRows = new OwnRows(context.getStateStore(ScoringPlan.OWN_ROWS), removals);
    this.pending =
        new PendingEvents(
            context.getStateStore(ScoringPlan.PENDING_EVENTS),
            this::decodeAgain,
            views.size(),
            context.currentSystemTimeMs(),
            removals);
    this.deadlines = new Deadlines(views, pending::contains);
    pending.restore(
        event -> {
          findOwnRows(event);
          if (!removals.waitForCommit()) {
            lastOffset = event.offset; // With at-least-once, events before it may be read again.
          }
          deadlines.add(event);
          // It may have been answered already, or no longer have a reason to wait.
          deadlines.addDue(event.offset);
        });
  }

  void process(Record<byte[], byte[]> record) {
    RecordPosition origin = RecordPosition.of(context.recordMetadata().orElseThrow());
    Integer view = viewByTopic.get(origin.topic());
    if (view == null) {
      processEvent(record, origin);
    } else {
      processRow(view, record, origin);
    }
  }

  private void processEvent(Record<byte[], byte[]> record, RecordPosition origin) {
    lastOffset = Math.max(lastOffset, origin.offset());
    if (pending.isReadAgain(origin.offset())) {
      return;
    }
    if (!(decode(eventDecoder, record, origin) instanceof Decoded.Value decoded)) {
      return;
    }
    Event event =
        new Event(
            origin.offset(),
            record.timestamp(),
            record.key() != null ? record.key() : plan.key(decoded.record()),
            record.value(),
            record.headers(),
            decoded.record(),
            views.size());
    long now = context.currentSystemTimeMs();
    event.waitsSince(now, now);
    findOwnRows(event);
    if (!scoreIfReady(event, now)) {
      pending.add(event);
      deadlines.add(event);
    }
  }

  private Decoded decode(
      AvroDecoder decoder, Record<byte[], byte[]> record, RecordPosition origin) {
    Decoded decoded =
        RecordSize.fits(record.key(), record.value(), record.headers())
            ? decoder.decode(record.value())
            : tooLarge(record);
    if (decoded instanceof Decoded.Rejected rejected) {
      output.deadLetter(record, origin, rejected.code(), rejected.detail());
    }
    return decoded;
  }

  /** Neither ingest nor the features write such a record, and no changelog would take it. */
  private static Decoded tooLarge(Record<byte[], byte[]> record) {
    return new Decoded.Rejected(
        RejectionCode.TOO_LARGE,
        "the record has %d bytes, but at most %d are read: let only ingest and the features write to this topic"
            .formatted(
                RecordSize.of(record.key(), record.value(), record.headers()),
                RecordSize.MAX_BYTES));
  }

  private GenericRecord decodeAgain(byte[] value) {
    if (eventDecoder.decode(value) instanceof Decoded.Value decoded) {
      return decoded.record();
    }
    throw new IllegalStateException("A pending event can no longer be decoded");
  }

  private @Nullable Event pendingEvent(long offset) {
    Event event = pending.get(offset);
    if (event != null) {
      findOwnRows(event);
    }
    return event;
  }

  private void findOwnRows(Event event) {
    String id = plan.eventId(event.fields);
    for (int v = 0; v < views.size(); v++) {
      byte[] value =
          views.get(v).isOwn() && event.own[v] == null
              ? ownRows.get(event.offset, views.get(v).view().name(), id)
              : null;
      if (value != null && rowDecoders.get(v).decode(value) instanceof Decoded.Value decoded) {
        setIfOwn(event, v, Row.of(decoded.record()));
      }
    }
  }

  /** The offset found the event; the id proves it, also after a topic was made anew. */
  private void setIfOwn(Event event, int view, Row row) {
    if (event.own[view] == null && row.eventId().equals(plan.eventId(event.fields))) {
      event.own[view] = row;
    }
  }

  private void processRow(int v, Record<byte[], byte[]> record, RecordPosition origin) {
    if (record.key() == null) {
      output.deadLetter(record, origin, RejectionCode.KEY_MISSING, "the row has no key");
      return;
    }
    if (record.value() == null) {
      viewRows.get(v).remove(record.key(), Row.tombstoneTime(record.headers()));
      return;
    }
    if (decode(rowDecoders.get(v), record, origin) instanceof Decoded.Value decoded) {
      Row row = Row.of(decoded.record());
      viewRows.get(v).offer(record.key(), row, record.value());
      if (views.get(v).isOwn() && !Row.isOfLateEvent(record.headers())) {
        processOwnRow(v, row, record.value());
      }
    }
  }

  private void processOwnRow(int v, Row row, byte[] value) {
    if (row.partition() != partition) {
      plan.metrics().strayRow();
      return;
    }
    Event event = pendingEvent(row.offset());
    String view = views.get(v).view().name();
    long now = context.currentSystemTimeMs();
    if (event == null) {
      if (row.offset() > lastOffset) {
        ownRows.put(row.offset(), view, row.eventId(), value, now);
      } else {
        plan.metrics().repeatedRow();
      }
      return;
    }
    setIfOwn(event, v, row);
    if (removals.waitForCommit()) {
      // If the answer is lost, the row is needed again, but does not come again.
      ownRows.put(row.offset(), view, row.eventId(), value, now);
    }
    if (!scoreIfReady(event, now)) {
      ownRows.put(row.offset(), view, row.eventId(), value, now);
    }
  }

  /** Scores the events one of whose waits has ended, unless another goes on. */
  void scoreTimedOut(long now) {
    for (OptionalLong next = deadlines.poll(now); next.isPresent(); next = deadlines.poll(now)) {
      Event event = pendingEvent(next.getAsLong());
      if (event != null) {
        scoreIfReady(event, now);
      }
    }
    plan.metrics().waiting(partition, pending.count(), ownRows.count());
  }

  /** Removes rows whose event has passed without asking for them, or does not come. */
  void cleanUp(long now) {
    ownRows.removePassed(lastOffset, pending::holds);
    if (now - oldRowsCheckedAt >= OLD_ROWS_CHECK_MILLIS) {
      oldRowsCheckedAt = now;
      ownRows.removeOlder(now - Topics.ROW_RETENTION.toMillis(), pending::holds);
    }
  }

  /** What was answered up to now has been written, and may be removed. */
  void committed() {
    removals.committed();
  }

  /** Scores an event unless it still has a reason to wait. */
  private boolean scoreIfReady(Event event, long now) {
    WaitResult[] waits = new WaitResult[views.size()];
    for (int v = 0; v < waits.length; v++) {
      WaitResult outcome = views.get(v).waitOutcome(event, event.own[v] != null, now);
      if (outcome == null) {
        return false;
      }
      waits[v] = outcome;
    }
    score(event, waits, now);
    return true;
  }

  private void score(Event event, WaitResult[] waits, long now) {
    output.answer(event, rows(event), waits, now);
    if (pending.contains(event.offset)) {
      pending.remove(event.offset, () -> removeOwnRows(event));
    } else {
      removeOwnRows(event);
    }
  }

  private void removeOwnRows(Event event) {
    for (ViewPlan view : views) {
      if (view.isOwn()) {
        ownRows.remove(event.offset, view.view().name(), plan.eventId(event.fields));
      }
    }
  }

  private @Nullable Row[] rows(Event event) {
    @Nullable Row[] rows = event.own.clone();
    for (int v = 0; v < rows.length; v++) {
      if (rows[v] == null) {
        byte[] entity =
            views.get(v).isGlobal() ? plan.entity(views.get(v), event.fields) : event.key;
        rows[v] = entity == null ? null : viewRows.get(v).find(entity);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    output.close();
    plan.metrics().left(partition);
  }
}
