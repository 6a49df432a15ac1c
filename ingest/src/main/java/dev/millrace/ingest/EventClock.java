package dev.millrace.ingest;

import dev.millrace.schemas.pipeline.Guarantee;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The event time that an arrival partition has reached, by which lateness is judged.
 *
 * <p>It is the highest time that three different events in a row have reached: the maximum, over
 * all events so far, of the minimum over three. So two wrong times in a row never move it, at the
 * start or later, a replay included; it is never ahead of the newest right time; and after a gap,
 * however long, it follows two events behind. It is never ahead of the wall clock either, so that
 * one producer with a fast clock makes nothing late of the others.
 *
 * <p>It lives in a store, so that a restart keeps it. The store is cached: its changelog gets one
 * record a commit, not one an event.
 */
final class EventClock {
  /** Versions before the rule of three kept the newest event time alone under this key. */
  private static final String STATE = "newest";

  private static final int STATE_BYTES = 4 * Long.BYTES + 2 * Integer.BYTES;

  private final KeyValueStore<String, byte[]> store;
  private final long latenessMillis;
  private final InstantSource wallClock;

  /**
   * With at-least-once: records to this offset were judged by a process before this one, and may be
   * read again.
   */
  private final long judgedBefore;

  private long lastOffset = -1;
  private long clockMillis;
  private final NewestTime newest = new NewestTime();
  // The two events before, different from one another. Their ids stand as hashes: a collision
  // delays the clock by one event.
  private int lastId;
  private long lastMillis;
  private int secondLastId;
  private long secondLastMillis;

  /**
   * @param guarantee with exactly-once nothing is read again, and offsets that were seen before are
   *     those of a topic that was made anew
   */
  EventClock(
      KeyValueStore<String, byte[]> store,
      Duration lateness,
      Guarantee guarantee,
      InstantSource wallClock) {
    this.store = store;
    this.latenessMillis = lateness.toMillis();
    this.wallClock = wallClock;
    byte[] stored = store.get(STATE);
    ByteBuffer state = ByteBuffer.wrap(stored == null ? new byte[0] : stored);
    clockMillis = state.remaining() >= Long.BYTES ? state.getLong() : 0;
    if (state.hasRemaining()) {
      long storedOffset = state.getLong();
      judgedBefore = guarantee == Guarantee.AT_LEAST_ONCE ? storedOffset : -1;
      lastId = state.getInt();
      lastMillis = state.getLong();
      secondLastId = state.getInt();
      secondLastMillis = state.getLong();
    } else {
      judgedBefore = -1;
    }
    lastOffset = judgedBefore;
  }

  /** The store to be given to the constructor. */
  static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  /**
   * Takes the time of an event in good order and says whether it came later than allowed.
   *
   * <p>After a crash without transactions the clock may be ahead of the records that are read
   * again. Those are not late by it: what became of them is known by their ids (see {@link
   * SeenIds}), or nothing became of them yet.
   *
   * @param timeMillis event time, epoch milliseconds, positive
   * @param offset the record's in its arrival partition
   */
  Timing judge(String id, long timeMillis, long offset) {
    boolean isLate = offset > judgedBefore && clockMillis - timeMillis > latenessMillis;
    take(id.hashCode(), timeMillis);
    newest.take(timeMillis);
    // A record that was parked is judged behind later ones.
    lastOffset = Math.max(lastOffset, offset);
    store.put(STATE, state());
    return new Timing(isLate, clockMillis);
  }

  /** The clock, epoch milliseconds; 0 while there is none. */
  long millis() {
    return clockMillis;
  }

  /** How far the clock is behind the newest of the last one or two thousand events. */
  long lagMillis() {
    return clockMillis == 0 ? 0 : Math.max(0, newest.millis() - clockMillis);
  }

  private void take(int id, long timeMillis) {
    if (id == lastId) {
      lastMillis = Math.min(timeMillis, lastMillis);
      return;
    }
    if (id == secondLastId) {
      secondLastMillis = Math.min(timeMillis, secondLastMillis);
    } else {
      long reached = Math.min(timeMillis, Math.min(lastMillis, secondLastMillis));
      clockMillis = Math.max(clockMillis, Math.min(reached, wallClock.millis()));
      secondLastMillis = timeMillis;
    }
    swap(id);
  }

  /** What stands second becomes the last event. */
  private void swap(int id) {
    long newMillis = secondLastMillis;
    secondLastId = lastId;
    secondLastMillis = lastMillis;
    lastId = id;
    lastMillis = newMillis;
  }

  private byte[] state() {
    return ByteBuffer.allocate(STATE_BYTES)
        .putLong(clockMillis)
        .putLong(lastOffset)
        .putInt(lastId)
        .putLong(lastMillis)
        .putInt(secondLastId)
        .putLong(secondLastMillis)
        .array();
  }
}
