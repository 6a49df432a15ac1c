package dev.millrace.features;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entities used last, so that a busy one is read and decoded once, and encoded and written once
 * a checkpoint, not for every event. What is left out is written first.
 */
final class TimelineCache {
  /** Of each view and task: 4 views on 4 tasks then take 1 GB, and 30,000 entities are at hand. */
  static final long DEFAULT_BYTES = 64L << 20;

  /** Key, map entry, cache entry and entity, without the characters of the key. */
  private static final int ENTRY_BYTES = 200;

  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final BiConsumer<String, Entity> writer;
  private final long maxBytes;
  private long bytes;

  private static final class Entry {
    final Entity entity;
    long bytes;
    boolean changed;

    Entry(Entity entity) {
      this.entity = entity;
    }
  }

  /**
   * @param maxBytes of memory; a single entity may take more
   * @param writer stores an entity that has changed
   */
  TimelineCache(long maxBytes, BiConsumer<String, Entity> writer) {
    this.maxBytes = maxBytes;
    this.writer = writer;
  }

  @Nullable Entity get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.entity;
  }

  /** Remembers an entity that was changed, and makes room. */
  void changed(String key, Entity entity) {
    Entry entry = entries.computeIfAbsent(key, unknown -> new Entry(entity));
    entry.changed = true;
    weigh(key, entry);
    if (bytes > maxBytes) {
      makeRoom();
    }
  }

  private void weigh(String key, Entry entry) {
    long now = ENTRY_BYTES + 2L * key.length() + entry.entity.timeline.heapBytes();
    bytes += now - entry.bytes;
    entry.bytes = now;
  }

  private void makeRoom() {
    Iterator<Map.Entry<String, Entry>> oldestFirst = entries.entrySet().iterator();
    while (bytes > maxBytes && entries.size() > 1) {
      Map.Entry<String, Entry> oldest = oldestFirst.next();
      write(oldest.getKey(), oldest.getValue());
      bytes -= oldest.getValue().bytes;
      oldestFirst.remove();
    }
  }

  void forget(String key) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  /** Writes all that has changed; it stays remembered. */
  void flush() {
    entries.forEach(this::write);
  }

  private void write(String key, Entry entry) {
    if (entry.changed) {
      writer.accept(key, entry.entity);
      entry.changed = false;
      weigh(key, entry); // writing merges cells
    }
  }

  int size() {
    return entries.size();
  }

  /** What it holds, estimated. */
  long bytes() {
    return bytes;
  }
}
