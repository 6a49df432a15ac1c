package dev.millrace.inference;

import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.commit.Removals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are here before the event that caused them is scored: it has not come yet, or it waits
 * for the row of another view. The key is the event's offset (eight bytes, big-endian), then the
 * view's name, a zero byte and the event's id; the value is the time it came (wall clock, epoch
 * millis, eight bytes), then the row as it stood in its topic. The id belongs to the key, since the
 * offset may be that of another event: of the late topic, or of a topic that was made anew.
 */
final class OwnRows {
  private final KeyValueStore<Bytes, byte[]> store;
  private final Removals removals;
  private long count;

  /**
   * @param removals when a row leaves the store
   */
  OwnRows(KeyValueStore<Bytes, byte[]> store, Removals removals) {
    this.store = store;
    this.removals = removals;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
  }

  /**
   * Keeps a row. One that is too large for the changelog is not kept; its event is then scored when
   * its wait ends.
   */
  void put(long offset, String view, String eventId, byte[] row, long nowMillis) {
    Bytes key = key(offset, view, eventId);
    byte[] value = ByteBuffer.allocate(Long.BYTES + row.length).putLong(nowMillis).put(row).array();
    if (RecordSize.fits(key.get(), value, List.of()) && store.putIfAbsent(key, value) == null) {
      count++;
    }
  }

  byte @Nullable [] get(long offset, String view, String eventId) {
    byte[] value = count == 0 ? null : store.get(key(offset, view, eventId));
    return value == null ? null : Arrays.copyOfRange(value, Long.BYTES, value.length);
  }

  void remove(long offset, String view, String eventId) {
    if (count > 0) {
      remove(key(offset, view, eventId));
    }
  }

  private void remove(Bytes key) {
    removals.add(
        () -> {
          if (store.delete(key) != null) {
            count--;
          }
        });
  }

  /**
   * Removes the rows of events that have passed: no such event will ask for its row again.
   *
   * @param last the newest offset that was processed
   * @param waits whether the event at an offset is still to be scored
   */
  void removePassed(long last, LongPredicate waits) {
    if (count == 0 || last < 0) {
      return;
    }
    removeIf(store.range(start(0), start(last + 1)), waits.negate(), came -> true);
  }

  /**
   * Removes the rows that came before a time, whose event will hardly come any more.
   *
   * @param waits whether the event at an offset is still to be scored
   */
  void removeOlder(long thanMillis, LongPredicate waits) {
    if (count > 0) {
      removeIf(store.all(), waits.negate(), came -> came < thanMillis);
    }
  }

  private void removeIf(
      KeyValueIterator<Bytes, byte[]> rows, LongPredicate offset, LongPredicate came) {
    List<Bytes> found = new ArrayList<>();
    try (rows) {
      while (rows.hasNext()) {
        KeyValue<Bytes, byte[]> row = rows.next();
        if (came.test(ByteBuffer.wrap(row.value).getLong())
            && offset.test(ByteBuffer.wrap(row.key.get()).getLong())) {
          found.add(row.key);
        }
      }
    }
    found.forEach(this::remove);
  }

  long count() {
    return count;
  }

  private static Bytes key(long offset, String view, String eventId) {
    byte[] name = (view + '\0' + eventId).getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(Long.BYTES + name.length).putLong(offset).put(name).array());
  }

  /** Before all keys of an offset. */
  private static Bytes start(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }
}
