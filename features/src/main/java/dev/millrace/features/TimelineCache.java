package dev.millrace.features;

import dev.millrace.features.aggregate.Timeline;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The timelines of the entities used last, so that a busy entity is read and decoded once, and
 * encoded and written once a checkpoint, not for every event. What is forgotten is written first.
 */
final class TimelineCache {
  /** An entity's own overhead is about 2 KB, so at most some 20 MB a view and task. */
  private static final int MAX_ENTITIES = 10_000;

  /** A cell takes 100 to 500 bytes by the number of inputs, so at most some 50 MB. */
  private static final int MAX_CELLS = 100_000;

  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final BiConsumer<String, Timeline> writer;
  private long cells;

  private static final class Entry {
    final Timeline timeline;
    int cells;
    boolean changed;

    Entry(Timeline timeline) {
      this.timeline = timeline;
    }
  }

  /**
   * @param writer stores a timeline that has changed
   */
  TimelineCache(BiConsumer<String, Timeline> writer) {
    this.writer = writer;
  }

  @Nullable Timeline get(String entity) {
    Entry entry = entries.get(entity);
    return entry == null ? null : entry.timeline;
  }

  /** Remembers a timeline that was changed, and makes room. */
  void changed(String entity, Timeline timeline) {
    Entry entry = entries.computeIfAbsent(entity, key -> new Entry(timeline));
    entry.changed = true;
    weigh(entry);
    if (entries.size() > MAX_ENTITIES || cells > MAX_CELLS) {
      makeRoom();
    }
  }

  private void weigh(Entry entry) {
    cells += entry.timeline.size() - entry.cells;
    entry.cells = entry.timeline.size();
  }

  private void makeRoom() {
    Iterator<Map.Entry<String, Entry>> oldestFirst = entries.entrySet().iterator();
    while (entries.size() > MAX_ENTITIES || (cells > MAX_CELLS && entries.size() > 1)) {
      Map.Entry<String, Entry> oldest = oldestFirst.next();
      write(oldest.getKey(), oldest.getValue());
      cells -= oldest.getValue().cells;
      oldestFirst.remove();
    }
  }

  void forget(String entity) {
    Entry entry = entries.remove(entity);
    if (entry != null) {
      cells -= entry.cells;
    }
  }

  /** Writes all that has changed; it stays remembered. */
  void flush() {
    entries.forEach(this::write);
  }

  private void write(String entity, Entry entry) {
    if (entry.changed) {
      writer.accept(entity, entry.timeline);
      entry.changed = false;
      weigh(entry);
    }
  }

  int size() {
    return entries.size();
  }
}
