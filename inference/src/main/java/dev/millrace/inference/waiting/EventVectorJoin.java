package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.Deadlines;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.policy.WaitPolicy.VectorUse;
import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition from their arrival until they are scored: brings events and their
 * vectors together, keeps both in the stores meanwhile, and passes each event on once.
 */
public final class EventVectorJoin {
  private final WaitPolicy policy;
  private final PendingEvents pending;
  private final EarlyVectors vectors;
  private final StoredRows rows;
  private final DeferredRemovals removals;
  private final Consumer<ReadyEvent> ready;
  private final Deadlines deadlines;

  /** The newest offset that was read; -1: none since the task was assigned. */
  private long lastOffset = -1;

  /**
   * Restores what an earlier process left in the stores.
   *
   * @param rows for events whose vector does not arrive
   * @param ready receives each event that waits no longer, once; afterwards it is removed from the
   *     stores
   */
  public EventVectorJoin(
      WaitPolicy policy,
      PendingEvents pending,
      EarlyVectors vectors,
      StoredRows rows,
      DeferredRemovals removals,
      Consumer<ReadyEvent> ready) {
    this.policy = policy;
    this.pending = pending;
    this.vectors = vectors;
    this.rows = rows;
    this.removals = removals;
    this.ready = ready;
    this.deadlines = new Deadlines(policy.atMost(), pending::contains);
    pending.restore(this::restore);
  }

  private void restore(CleanEvent event) {
    if (!removals.waitForCommit()) {
      lastOffset = event.offset(); // With at-least-once, events before it may be read again.
    }
    deadlines.add(event.offset(), event.times());
    // Its vector may be there already, or it has asked for rows.
    deadlines.addDue(event.offset());
  }

  /**
   * Advances to the offset of the next record of the clean topic.
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
    if (!passIfReady(event, vectors.find(event), nowMillis)) {
      pending.add(event);
      deadlines.add(event.offset(), event.times());
    }
  }

  /**
   * Gives a vector to its event, or keeps it until the event arrives.
   *
   * @param value the vector as it was read
   */
  public VectorUse addVector(FeatureVector vector, byte[] value, long nowMillis) {
    CleanEvent event = pending.get(vector.offset());
    boolean waiting = event != null && vectors.isOf(vector, event);
    VectorUse use = WaitPolicy.useOf(vector.offset(), lastOffset, waiting);
    if (use == VectorUse.EARLY || (use == VectorUse.AWAITED && removals.waitForCommit())) {
      // With at-least-once: if the prediction is lost, the vector is needed again, but not read
      // again.
      vectors.put(vector, value, nowMillis);
    }
    if (event != null && use == VectorUse.AWAITED) {
      passIfReady(event, vector, nowMillis);
    }
    return use;
  }

  /**
   * Gives something to an event that waits, and passes the event on if it waits no longer.
   *
   * @param take returns whether the event did not have it yet
   * @return whether it was given
   */
  public boolean give(long offset, Predicate<CleanEvent> take, long nowMillis) {
    CleanEvent event = pending.get(offset);
    if (event == null) {
      return false;
    }
    boolean given = take.test(event);
    // Also if the event has it: with at-least-once, Kafka Streams processes a record again whose
    // output timed out, and nothing else would pass the event on before its wait ends.
    passIfReady(event, vectors.find(event), nowMillis);
    return given;
  }

  /** Passes on the events whose wait has ended. */
  public void timeOut(long nowMillis) {
    passDue(() -> deadlines.poll(nowMillis), nowMillis);
    passDue(() -> rows.pollDue(nowMillis), nowMillis);
  }

  private void passDue(Supplier<OptionalLong> due, long nowMillis) {
    for (OptionalLong next = due.get(); next.isPresent(); next = due.get()) {
      CleanEvent event = pending.get(next.getAsLong());
      if (event != null) {
        passIfReady(event, vectors.find(event), nowMillis);
      }
    }
  }

  /** Writes the events and vectors that wait to their stores. */
  public void store() {
    pending.store();
    vectors.store();
  }

  /** Removes vectors and rows whose event was scored without them, or does not arrive. */
  public void cleanUp(long nowMillis) {
    vectors.cleanUp(lastOffset, pending::holds, nowMillis);
    rows.cleanUp(pending::holds);
  }

  /** The smallest event time of the events that wait; {@link Long#MAX_VALUE}: none waits. */
  public long oldestWaitingMillis() {
    return pending.oldestMillis();
  }

  public long eventCount() {
    return pending.count();
  }

  public long vectorCount() {
    return vectors.count();
  }

  /** Whether the event waits no longer. */
  private boolean passIfReady(CleanEvent event, @Nullable FeatureVector vector, long nowMillis) {
    ReadyEvent passed =
        vector == null ? withRows(event, nowMillis) : with(vector, event, nowMillis);
    if (passed == null) {
      return false;
    }
    ready.accept(passed);
    // After the output: with at-least-once, Kafka Streams processes a record again whose output
    // timed out.
    if (pending.contains(event.offset())) {
      pending.remove(
          event.offset(),
          () -> {
            vectors.remove(event);
            rows.remove(event.offset());
          });
    } else {
      vectors.remove(event);
    }
    return true;
  }

  private static ReadyEvent with(FeatureVector vector, CleanEvent event, long nowMillis) {
    return new ReadyEvent(event, vector, vector.lookups(), WaitResult.ARRIVED, nowMillis);
  }

  /** The event with stored rows; null: it waits for its vector or for the rows. */
  private @Nullable ReadyEvent withRows(CleanEvent event, long nowMillis) {
    WaitResult wait =
        rows.isAsked(event.offset())
            ? policy.withoutVector()
            : policy.decide(false, event.times(), nowMillis);
    StoredRows.Found found = wait == null ? null : rows.find(event, nowMillis);
    if (wait == null || found == null) {
      return null;
    }
    WaitResult result = found.answered() ? wait : WaitResult.UNANSWERED;
    return new ReadyEvent(event, null, found.features(), result, nowMillis);
  }
}
