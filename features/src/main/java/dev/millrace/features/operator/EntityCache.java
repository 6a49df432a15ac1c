package dev.millrace.features.operator;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The decoded states of the most recently used entities: a busy entity is read from RocksDB once
 * and written once per checkpoint, not for every event. An evicted state is written first.
 */
final class EntityCache {
  /**
   * Memory of each lookup and task. Four lookups with four tasks take 1 GB with it, and hold about
   * 30,000 entities.
   */
  static final long DEFAULT_BYTES = 64L << 20;

  /** Memory of key, map entry, cache entry and state, without the characters of the key. */
  private static final int ENTRY_BYTES = 200;

  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final BiConsumer<String, EntityState> writer;
  private final long maxBytes;
  private long bytes;

  private static final class Entry {
    final EntityState state;
    long bytes;
    boolean changed;

    Entry(EntityState state) {
      this.state = state;
    }
  }

  /**
   * @param maxBytes of memory; a single entity may take more
   * @param writer writes the state of an entity that has changed
   */
  EntityCache(long maxBytes, BiConsumer<String, EntityState> writer) {
    this.maxBytes = maxBytes;
    this.writer = writer;
  }

  @Nullable EntityState get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.state;
  }

  /**
   * Caches a state, and evicts others if the memory is used up.
   *
   * @param changed whether it differs from the state that was written last
   */
  void put(String key, EntityState state, boolean changed) {
    Entry entry = entries.computeIfAbsent(key, unknown -> new Entry(state));
    entry.changed |= changed;
    measure(key, entry);
    if (bytes > maxBytes) {
      evict();
    }
  }

  private void measure(String key, Entry entry) {
    long now = ENTRY_BYTES + 2L * key.length() + entry.state.heapBytes();
    bytes += now - entry.bytes;
    entry.bytes = now;
  }

  private void evict() {
    Iterator<Map.Entry<String, Entry>> oldestFirst = entries.entrySet().iterator();
    while (bytes > maxBytes && entries.size() > 1) {
      Map.Entry<String, Entry> oldest = oldestFirst.next();
      write(oldest.getKey(), oldest.getValue());
      bytes -= oldest.getValue().bytes;
      oldestFirst.remove();
    }
  }

  void remove(String key) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  /** Writes all states that have changed, and keeps them. */
  void flush() {
    entries.forEach(this::write);
  }

  private void write(String key, Entry entry) {
    if (entry.changed) {
      writer.accept(key, entry.state);
      entry.changed = false;
      measure(key, entry); // writing merges tiles
    }
  }

  int size() {
    return entries.size();
  }

  /** The memory that it takes, estimated. */
  long bytes() {
    return bytes;
  }
}
