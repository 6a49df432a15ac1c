package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.Deadlines;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.policy.WaitPolicy.VectorUse;
import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition from their arrival until they are scored: brings events and their
 * vectors together, keeps both in the stores meanwhile, and passes each event on once.
 */
public final class EventVectorJoin {
  private final WaitPolicy policy;
  private final PendingEvents pending;
  private final EarlyVectors vectors;
  private final DeferredRemovals removals;
  private final Consumer<ReadyEvent> ready;
  private final Deadlines deadlines;

  /** The newest offset that was read; -1: none since the task was assigned. */
  private long lastOffset = -1;

  /**
   * Restores what an earlier process left in the stores.
   *
   * @param ready receives each event that waits no longer, once; afterwards it is removed from the
   *     stores
   */
  public EventVectorJoin(
      WaitPolicy policy,
      PendingEvents pending,
      EarlyVectors vectors,
      DeferredRemovals removals,
      Consumer<ReadyEvent> ready) {
    this.policy = policy;
    this.pending = pending;
    this.vectors = vectors;
    this.removals = removals;
    this.ready = ready;
    this.deadlines = new Deadlines(policy, pending::contains);
    pending.restore(this::restore);
  }

  private void restore(CleanEvent event) {
    if (!removals.waitForCommit()) {
      lastOffset = event.offset(); // With at-least-once, events before it may be read again.
    }
    deadlines.add(event.offset(), event.times());
    // Its vector may be there already.
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

  /** Passes on the events whose wait has ended. */
  public void timeOut(long nowMillis) {
    for (OptionalLong next = deadlines.poll(nowMillis);
        next.isPresent();
        next = deadlines.poll(nowMillis)) {
      CleanEvent event = pending.get(next.getAsLong());
      if (event != null) {
        passIfReady(event, vectors.find(event), nowMillis);
      }
    }
  }

  /** Removes vectors whose event was scored without them, or does not arrive. */
  public void cleanUp(long nowMillis) {
    vectors.cleanUp(lastOffset, pending::holds, nowMillis);
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
    WaitResult wait = policy.decide(vector != null, event.times(), nowMillis);
    if (wait == null) {
      return false;
    }
    ready.accept(new ReadyEvent(event, vector, wait, nowMillis));
    // After the output: with at-least-once, Kafka Streams processes a record again whose output
    // timed out.
    if (pending.contains(event.offset())) {
      pending.remove(event.offset(), () -> vectors.remove(event));
    } else {
      vectors.remove(event);
    }
    return true;
  }
}
