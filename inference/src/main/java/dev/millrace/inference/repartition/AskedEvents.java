package dev.millrace.inference.repartition;

import dev.millrace.schemas.deadletter.RecordSize;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition that wait for answers, by offset. Memory has all of them: an event
 * waits for seconds. The store has what a process needs that starts after a crash.
 */
final class AskedEvents {
  private final KeyValueStore<Bytes, byte[]> store;
  private final AskedEventCodec codec;
  private final Map<Long, AskedEvent> events = new HashMap<>();

  /** Offsets in the store; an event that is too large is in memory only. */
  private final Set<Long> stored = new HashSet<>();

  /** Restores the events of an earlier process. */
  AskedEvents(KeyValueStore<Bytes, byte[]> store, AskedEventCodec codec) {
    this.store = store;
    this.codec = codec;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        long offset = ByteBuffer.wrap(entry.key.get()).getLong();
        events.put(offset, codec.decode(entry.value));
        stored.add(offset);
      }
    }
  }

  @Nullable AskedEvent get(long offset) {
    return events.get(offset);
  }

  boolean contains(long offset) {
    return events.containsKey(offset);
  }

  /**
   * Keeps an event and what is known of its rows. The store does not get what is too large for its
   * changelog: after a crash, the event asks again.
   */
  void put(long offset, AskedEvent event) {
    events.put(offset, event);
    Bytes key = key(offset);
    byte[] value = codec.encode(event);
    if (RecordSize.fits(key.get(), value, List.of())) {
      store.put(key, value);
      stored.add(offset);
    }
  }

  void remove(long offset) {
    events.remove(offset);
    if (stored.remove(offset)) {
      store.delete(key(offset));
    }
  }

  void removeUnless(LongPredicate exists) {
    List.copyOf(events.keySet()).stream()
        .filter(offset -> !exists.test(offset))
        .forEach(this::remove);
  }

  private static Bytes key(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }
}
