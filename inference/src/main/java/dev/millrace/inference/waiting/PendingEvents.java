package dev.millrace.inference.waiting;

import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition that wait for their vectors, by offset. Before each commit all of
 * them are in the store, so that none is lost when the process is killed; an event that waits for a
 * shorter time costs nothing there. Memory holds the first few thousand decoded, which is all of
 * them unless waits are long.
 */
public final class PendingEvents {
  /** Ten times the events of a 200 ms wait at 5,000 events per second and partition. */
  private static final int IN_MEMORY = 10_000;

  /** The value of an event that was scored, but may be read again. */
  private static final byte[] MARKER = {0};

  private final KeyValueStore<Bytes, byte[]> store;
  private final PendingEventCodec codec;
  private final DeferredRemovals removals;
  private final Map<Long, CleanEvent> memory = new HashMap<>();

  /** Offsets of events that came since the last commit, and are in memory only. */
  private final Set<Long> unstored = new HashSet<>();

  /** Offsets of events that were scored, but are still in the store. */
  private final Set<Long> scored = new HashSet<>();

  /**
   * With at-least-once: offsets of events that were in the store at the start and that may be read
   * again, since the content of the store may be newer than the committed offsets.
   */
  private final TreeSet<Long> restored = new TreeSet<>();

  /** Event times of the events that wait, by offset. */
  private final Map<Long, Long> waiting = new HashMap<>();

  /** How many events wait, by event time. */
  private final TreeMap<Long, Integer> byTime = new TreeMap<>();

  /**
   * @param removals decides when a scored event leaves the store
   */
  public PendingEvents(
      KeyValueStore<Bytes, byte[]> store, PendingEventCodec codec, DeferredRemovals removals) {
    this.store = store;
    this.codec = codec;
    this.removals = removals;
  }

  /** Reads the events that an earlier process left, in the order of offsets. */
  void restore(Consumer<CleanEvent> each) {
    List<Long> ofScored = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        long offset = ByteBuffer.wrap(entry.key.get()).getLong();
        restored.add(offset);
        if (isMarker(entry.value)) {
          ofScored.add(offset);
        } else {
          CleanEvent event = codec.decode(offset, entry.value);
          remember(event);
          each.accept(event);
        }
      }
    }
    if (!removals.waitForCommit()) {
      restored.clear();
      ofScored.forEach(offset -> store.delete(key(offset)));
    }
  }

  void add(CleanEvent event) {
    remember(event);
    if (memory.containsKey(event.offset())) {
      unstored.add(event.offset());
    } else {
      store(event);
    }
  }

  /** Writes the events that wait to the store. */
  void store() {
    for (long offset : unstored) {
      store(Objects.requireNonNull(memory.get(offset)));
    }
    unstored.clear();
  }

  private void store(CleanEvent event) {
    store.put(key(event.offset()), codec.encode(event));
  }

  private void remember(CleanEvent event) {
    if (waiting.put(event.offset(), event.timeMillis()) == null) {
      byTime.merge(event.timeMillis(), 1, Integer::sum);
    }
    if (memory.size() < IN_MEMORY) {
      memory.put(event.offset(), event);
    }
  }

  @Nullable CleanEvent get(long offset) {
    if (!waiting.containsKey(offset)) {
      return null;
    }
    CleanEvent event = memory.get(offset);
    return event != null ? event : codec.decode(offset, store.get(key(offset)));
  }

  /** Whether the event at an offset waits. */
  boolean contains(long offset) {
    return waiting.containsKey(offset);
  }

  /** The smallest event time of the events that wait; {@link Long#MAX_VALUE}: none waits. */
  long oldestMillis() {
    return byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey();
  }

  /**
   * Advances to an offset, and removes the markers of events before it.
   *
   * @param offset not less than in the call before
   * @return whether the event at the offset was in the store at the start, and is read again, with
   *     at-least-once after a crash: it waits, or was scored since then
   */
  boolean advanceTo(long offset) {
    if (restored.isEmpty()) {
      return false;
    }
    NavigableSet<Long> passed = restored.headSet(offset, false);
    for (long before : passed) {
      if (!holds(before)) {
        removals.add(() -> store.delete(key(before)));
      }
    }
    passed.clear();
    return restored.contains(offset);
  }

  /**
   * Removes an event that was scored.
   *
   * @param next removes the vector that the event would need if it were restored again
   */
  void remove(long offset, Runnable next) {
    memory.remove(offset);
    boolean stored = !unstored.remove(offset);
    Long timeMillis = waiting.remove(offset);
    if (timeMillis != null) {
      byTime.computeIfPresent(timeMillis, (time, count) -> count == 1 ? null : count - 1);
    }
    scored.add(offset);
    removals.add(
        () -> {
          if (stored) {
            store.put(key(offset), restored.contains(offset) ? MARKER : null);
          }
          scored.remove(offset);
          next.run();
        });
  }

  /** Whether the store holds the event, scored or not. */
  boolean holds(long offset) {
    return scored.contains(offset) || contains(offset);
  }

  /** The number of events that wait. */
  long count() {
    return waiting.size();
  }

  private static boolean isMarker(byte[] stored) {
    return stored.length == MARKER.length;
  }

  private static Bytes key(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }
}
