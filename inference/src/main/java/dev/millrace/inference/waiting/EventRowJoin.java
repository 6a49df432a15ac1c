package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.Deadlines;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.policy.WaitPolicy.RowUse;
import dev.millrace.inference.rows.Row;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition from their arrival until they are scored: brings events and their
 * rows together, keeps both in the stores meanwhile, and passes each event on once.
 */
public final class EventRowJoin {
  private final WaitPolicy policy;
  private final PendingEvents pending;
  private final AwaitedRows awaitedRows;
  private final DeferredRemovals removals;
  private final Consumer<ReadyEvent> ready;
  private final Deadlines deadlines;

  /** The newest offset of an event; -1: none since the task was assigned. */
  private long lastOffset = -1;

  /**
   * Restores what an earlier process left in the stores.
   *
   * @param ready receives each event that waits no longer, once; afterwards it is removed from the
   *     stores
   */
  public EventRowJoin(
      WaitPolicy policy,
      PendingEvents pending,
      AwaitedRows awaitedRows,
      DeferredRemovals removals,
      Consumer<ReadyEvent> ready) {
    this.policy = policy;
    this.pending = pending;
    this.awaitedRows = awaitedRows;
    this.removals = removals;
    this.ready = ready;
    this.deadlines = new Deadlines(policy, pending::contains);
    pending.restore(this::restore);
  }

  private void restore(CleanEvent event) {
    awaitedRows.addTo(event);
    if (!removals.waitForCommit()) {
      lastOffset = event.offset(); // With at-least-once, events before it may be read again.
    }
    deadlines.add(event.offset(), event.times(), event::hasRow);
    // Its rows may all be there already.
    deadlines.addDue(event.offset());
  }

  /**
   * Advances to the offset of the next event.
   *
   * @return whether the event is new; otherwise it was restored from the stores, and is read again
   *     after a crash
   */
  public boolean advanceTo(long offset) {
    lastOffset = Math.max(lastOffset, offset);
    return !pending.advanceTo(offset);
  }

  /** Passes a new event on, or lets it wait. */
  public void add(CleanEvent event, long nowMillis) {
    awaitedRows.addTo(event);
    List<WaitResult> waits = policy.decide(event::hasRow, event.times(), nowMillis);
    if (waits == null) {
      pending.add(event);
      deadlines.add(event.offset(), event.times(), event::hasRow);
      return;
    }
    pass(event, waits, nowMillis);
  }

  /**
   * Gives a row of an awaited view to its event, or keeps it until the event arrives.
   *
   * @param value the row as it was read
   */
  public RowUse addRow(int view, Row row, byte[] value, long nowMillis) {
    CleanEvent event = waiting(row.offset());
    RowUse use = WaitPolicy.useOf(row.offset(), lastOffset, event != null);
    if (use == RowUse.EARLY) {
      awaitedRows.put(view, row, value, nowMillis);
    } else if (event != null) {
      awaitedRows.addTo(event, view, row);
      List<WaitResult> waits = policy.decide(event::hasRow, event.times(), nowMillis);
      if (waits == null || removals.waitForCommit()) {
        // With at-least-once: if the prediction is lost, the row is needed again, but not read
        // again.
        awaitedRows.put(view, row, value, nowMillis);
      }
      if (waits != null) {
        pass(event, waits, nowMillis);
      }
    }
    return use;
  }

  /** Passes on the events whose last wait has ended. */
  public void timeOut(long nowMillis) {
    for (OptionalLong next = deadlines.poll(nowMillis);
        next.isPresent();
        next = deadlines.poll(nowMillis)) {
      CleanEvent event = waiting(next.getAsLong());
      List<WaitResult> waits =
          event == null ? null : policy.decide(event::hasRow, event.times(), nowMillis);
      if (event != null && waits != null) {
        pass(event, waits, nowMillis);
      }
    }
  }

  /** Removes rows whose event was scored without them, or does not arrive. */
  public void cleanUp(long nowMillis) {
    awaitedRows.cleanUp(lastOffset, pending::holds, nowMillis);
  }

  public long eventCount() {
    return pending.count();
  }

  public long rowCount() {
    return awaitedRows.count();
  }

  private @Nullable CleanEvent waiting(long offset) {
    CleanEvent event = pending.get(offset);
    if (event != null) {
      awaitedRows.addTo(event);
    }
    return event;
  }

  private void pass(CleanEvent event, List<WaitResult> waits, long nowMillis) {
    ready.accept(new ReadyEvent(event, waits, nowMillis));
    // After the output: with at-least-once, Kafka Streams processes a record again whose output
    // timed out.
    if (pending.contains(event.offset())) {
      pending.remove(event.offset(), () -> awaitedRows.removeAll(event));
    } else {
      awaitedRows.removeAll(event);
    }
  }
}
