package dev.millrace.inference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are here before the event that caused them is scored: it has not come yet, or it waits
 * for the row of another view. The key is the event's offset (eight bytes, big-endian), then the
 * view's name, a zero byte and the event's id; the value is the row as it stood in its topic. The
 * id belongs to the key, since the row of a late event names an offset of the late topic, which may
 * be that of another event in the clean topic.
 */
final class OwnRows {
  private final KeyValueStore<Bytes, byte[]> store;
  private long count;

  OwnRows(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
  }

  void put(long offset, String view, String eventId, byte[] row) {
    if (store.putIfAbsent(key(offset, view, eventId), row) == null) {
      count++;
    }
  }

  byte @Nullable [] get(long offset, String view, String eventId) {
    return count == 0 ? null : store.get(key(offset, view, eventId));
  }

  void remove(long offset, String view, String eventId) {
    if (count > 0 && store.delete(key(offset, view, eventId)) != null) {
      count--;
    }
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
    List<Bytes> passed = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> rows = store.range(start(0), start(last + 1))) {
      while (rows.hasNext()) {
        Bytes key = rows.next().key;
        if (!waits.test(ByteBuffer.wrap(key.get()).getLong())) {
          passed.add(key);
        }
      }
    }
    passed.forEach(store::delete);
    count -= passed.size();
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
