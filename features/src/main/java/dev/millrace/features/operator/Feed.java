package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewPlan;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Writes the rows of the online store: after a change of an entity one row, at most one for each
 * interval of wall-clock time; the same when features change because time passes; and a tombstone
 * when nothing is left of the entity. A row is as of the newest of the entity's events and of the
 * lookup's clock, so that it holds all that is known.
 *
 * <p>Entities that wait for their row are in memory, in the order in which they changed, and in
 * keyed state at a checkpoint. They are few at a time: of those that change beyond that, and at the
 * end of a backfill or at the same hop, each waits as a timer.
 */
final class Feed {
  /** The time of a timer that fires as soon as the backfill has ended. */
  private static final long AFTER_BACKFILL = Long.MIN_VALUE + 1;

  /** Entities in memory that wait for their row: about those that one task writes in a second. */
  static final int MOST_WAITING = 10_000;

  private static final ValueStateDescriptor<Boolean> STORED =
      new ValueStateDescriptor<>("pending-row", Types.BOOLEAN);

  private final LookupUse use;
  private final long keepMillis;
  private final long intervalMillis;
  private final EntityStates states;
  private final LookupClocks clocks;
  private final KeyContext keys;
  private final ProcessingTimeService processingTime;
  private final ValueState<Boolean> stored;
  private final SlicedTimers timers;
  private final Slices slices;
  private final Consumer<FeedRow> output;
  private final Counter rows;
  private final Counter tombstones;
  private final Map<String, Pending> pending = new LinkedHashMap<>();

  /** An entity that waits for its row. */
  private static final class Pending {
    final long dueMillis;

    /** Whether an event was added; otherwise only time has passed. */
    boolean changed;

    /** Whether it is in keyed state. */
    boolean stored;

    Pending(long dueMillis) {
      this.dueMillis = dueMillis;
    }
  }

  /** What the feed uses of its lookup. */
  record Parts(
      LookupUse use,
      ViewPlan plan,
      Pace pace,
      LookupClocks clocks,
      EntityStates states,
      LookupMetrics measured) {}

  private Feed(Parts parts, AbstractStreamOperator<Question> operator, Consumer<FeedRow> output) {
    Pace pace = parts.pace();
    this.use = parts.use();
    this.keepMillis = parts.plan().keepMillis();
    this.intervalMillis = pace.rowInterval().toMillis();
    this.states = parts.states();
    this.clocks = parts.clocks();
    this.keys = operator;
    this.processingTime = operator.getProcessingTimeService();
    this.stored = operator.getRuntimeContext().getState(STORED);
    this.timers =
        SlicedTimers.of(
            operator,
            "changes",
            pace,
            this::isFull,
            timer -> changes(timer.getKey(), timer.getTimestamp()));
    this.slices = new Slices(processingTime, pace.slice(), pace.nanos(), this::write);
    this.output = output;
    this.rows = parts.measured().group().counter("rows_total");
    this.tombstones = parts.measured().group().counter("tombstones_total");
  }

  /** A feed with what waits in the state of the operator, which is open. */
  static Feed open(Parts parts, AbstractStreamOperator<Question> operator, Consumer<FeedRow> output)
      throws Exception {
    Feed feed = new Feed(parts, operator, output);
    try (Stream<String> restored =
        operator.<String>getKeyedStateBackend().getKeys(STORED.getName(), VoidNamespace.INSTANCE)) {
      restored.toList().forEach(feed::restore);
    }
    parts.measured().watch(feed);
    feed.timers.restore();
    return feed;
  }

  /** Moves the clock of the timers; it may change the current key. */
  void advance(long timeMillis) throws Exception {
    timers.advance(timeMillis);
  }

  /**
   * An event was added to the entity of the current key. During a backfill the row waits for its
   * end, in keyed state: a row before that would lack events.
   *
   * @param asked whether it was a question, too, so that there is a vector as of its time
   */
  void added(String key, EntityState entity, long timeMillis, boolean asked) {
    FeedPosition position = entity.feed();
    if (clocks.isBackfilling() && position.isNew()) {
      if (position.timerMillis() != AFTER_BACKFILL) {
        position.setTimer(AFTER_BACKFILL);
        timers.set(AFTER_BACKFILL);
      }
      return;
    }
    if (asked && use.fedByVectors()) {
      if (timeMillis > position.asOfMillis()) {
        position.vectorAsOf(timeMillis);
        setTimer(entity);
        return;
      }
      position.vectorIsOlder();
    }
    if (isFull() && !pending.containsKey(key)) {
      timers.setOverdue();
    } else {
      enqueue(key, true);
    }
  }

  /** Whether no more entities are taken at present. */
  private boolean isFull() {
    return pending.size() >= MOST_WAITING;
  }

  /**
   * A timer of the current key fired: features change, the entity ends, or an event was added while
   * too many entities waited.
   */
  private void changes(String key, long timerMillis) {
    enqueue(key, timerMillis == SlicedTimers.OVERDUE);
  }

  /** The state of the current key is dropped. */
  void drop(String key, EntityState entity) {
    if (use.backfill() == null || !entity.feed().isNew()) {
      end(key, entity);
    }
    Pending dropped = pending.remove(key);
    if (dropped != null && dropped.stored) {
      stored.clear();
    }
  }

  private void enqueue(String key, boolean changed) {
    Pending waiting = pending.get(key);
    if (waiting == null) {
      waiting = new Pending(processingTime.getCurrentProcessingTime() + intervalMillis);
      pending.put(key, waiting);
      slices.startAfter(intervalMillis);
    }
    waiting.changed |= changed;
  }

  /** An entity that waited for its row when the checkpoint was taken. */
  private void restore(String key) {
    enqueue(key, true);
    Pending restored = pending.get(key);
    if (restored != null) {
      restored.stored = true;
    }
  }

  /** Writes the entities that wait for their rows to keyed state. */
  void snapshot() throws IOException {
    for (Map.Entry<String, Pending> each : pending.entrySet()) {
      if (!each.getValue().stored) {
        keys.setCurrentKey(each.getKey());
        stored.update(true);
        each.getValue().stored = true;
      }
    }
  }

  int waiting() {
    return pending.size();
  }

  private long write(Slices.Deadline deadline) throws IOException {
    long nowMillis = processingTime.getCurrentProcessingTime();
    Iterator<Map.Entry<String, Pending>> oldestFirst = pending.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<String, Pending> next = oldestFirst.next();
      long leftMillis = next.getValue().dueMillis - nowMillis;
      if (leftMillis > 0 || deadline.isOver()) {
        return Math.max(0, leftMillis);
      }
      oldestFirst.remove();
      write(next.getKey(), next.getValue());
    }
    return Slices.DONE;
  }

  private void write(String key, Pending waited) throws IOException {
    keys.setCurrentKey(key);
    if (waited.stored) {
      stored.clear();
    }
    EntityState entity = states.find(key);
    if (entity == null) {
      return;
    }
    long clockMillis = clocks.newestMillis();
    if (entity.endMillis(keepMillis) <= clockMillis) {
      end(key, entity);
    } else {
      FeedPosition position = entity.feed();
      long timerMillis = position.timerMillis();
      boolean passed = timerMillis <= clockMillis && position.asOfMillis() < timerMillis;
      if (waited.changed || passed) {
        row(key, entity, clockMillis);
      }
      setTimer(entity);
    }
    states.keep(key, entity, true);
  }

  /** Writes a row; none if the entity has no event that counts already. */
  private void row(String key, EntityState entity, long clockMillis) {
    FeedPosition position = entity.feed();
    long reachedMillis = entity.newestMillis() - use.view().delay().toMillis();
    long asOfMillis = Math.max(position.asOfMillis(), Math.max(reachedMillis, clockMillis));
    long newestMillis = entity.newestMillis(asOfMillis);
    if (newestMillis == Long.MIN_VALUE) {
      position.nothingAsOf(asOfMillis);
      return;
    }
    long sequence = position.written(asOfMillis, false, processingTime.getCurrentProcessingTime());
    rows.inc();
    output.accept(
        new FeedRow(key, asOfMillis, sequence, newestMillis, entity.features(asOfMillis)));
  }

  private void end(String key, EntityState entity) {
    FeedPosition position = entity.feed();
    position.setTimer(FeedPosition.NO_TIMER);
    if (!position.ended()) {
      long asOfMillis = Math.max(position.asOfMillis(), entity.endMillis(keepMillis));
      long sequence = position.written(asOfMillis, true, processingTime.getCurrentProcessingTime());
      tombstones.inc();
      output.accept(new FeedRow(key, asOfMillis, sequence, entity.newestMillis(), null));
    }
  }

  /** Sets the timer of the next change, unless one is set that fires before it. */
  private void setTimer(EntityState entity) {
    FeedPosition position = entity.feed();
    long nextMillis = entity.nextChangeMillis(position.asOfMillis(), keepMillis);
    boolean fired = position.timerMillis() <= clocks.newestMillis();
    if (nextMillis < position.timerMillis() || fired) {
      position.setTimer(nextMillis);
      if (nextMillis != FeedPosition.NO_TIMER) {
        timers.set(nextMillis);
      }
    }
  }
}
