package dev.millrace.inference.waiting;

import dev.millrace.inference.rows.Row;
import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import dev.millrace.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Rows of awaited views whose event was not scored yet: it has not arrived, or it waits for the row
 * of another view.
 *
 * <p>The key is the event's offset (eight bytes, big-endian), the view's name, a zero byte and the
 * event's id. The value is the arrival time (wall clock, epoch millis, eight bytes) and the row as
 * it was read. The id is part of the key, since the offset may be that of another event: of the
 * late topic, or of a topic that was deleted and created again.
 */
public final class AwaitedRows {
  /** How often all rows are read to find those that were kept too long. */
  private static final long OLD_ROWS_CHECK_MILLIS = Duration.ofHours(1).toMillis();

  private final KeyValueStore<Bytes, byte[]> store;
  private final List<ViewAccess> views;
  private final List<AvroDecoder> decoders;
  private final EventFields fields;
  private final DeferredRemovals removals;
  private long count;
  private long oldRowsCheckedAtMillis;

  /**
   * @param decoders of the rows, by the index of their view
   * @param removals decides when a row leaves the store
   * @param nowMillis wall clock
   */
  public AwaitedRows(
      KeyValueStore<Bytes, byte[]> store,
      List<ViewAccess> views,
      List<AvroDecoder> decoders,
      EventFields fields,
      DeferredRemovals removals,
      long nowMillis) {
    this.store = store;
    this.views = views;
    this.decoders = decoders;
    this.fields = fields;
    this.removals = removals;
    this.oldRowsCheckedAtMillis = nowMillis;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
  }

  /**
   * Keeps a row. A row that is too large for the changelog is not kept; its event is then scored
   * when its wait ends.
   *
   * @param value the row as it was read
   */
  void put(int view, Row row, byte[] value, long nowMillis) {
    Bytes key = key(row.offset(), views.get(view).name(), row.eventId());
    byte[] stored =
        ByteBuffer.allocate(Long.BYTES + value.length).putLong(nowMillis).put(value).array();
    if (RecordSize.fits(key.get(), stored, List.of()) && store.putIfAbsent(key, stored) == null) {
      count++;
    }
  }

  /** Adds the event's rows that are kept here. */
  void addTo(CleanEvent event) {
    for (int view = 0; view < views.size(); view++) {
      if (count > 0 && views.get(view).isAwaited() && !event.hasRow(view)) {
        byte[] stored = store.get(key(event, view));
        if (stored != null
            && decoders.get(view).decode(Arrays.copyOfRange(stored, Long.BYTES, stored.length))
                instanceof Decoded.Value decoded) {
          addTo(event, view, Row.of(decoded.record()));
        }
      }
    }
  }

  /**
   * Adds a row to its event. The event was found by its offset; the id is compared as well, since
   * the topic may have been deleted and created again.
   */
  void addTo(CleanEvent event, int view, Row row) {
    if (!event.hasRow(view) && row.eventId().equals(fields.id(event.fields()))) {
      event.rows()[view] = row;
    }
  }

  /** Removes the rows of an event that was scored. */
  void removeAll(CleanEvent event) {
    for (int view = 0; view < views.size(); view++) {
      if (count > 0 && views.get(view).isAwaited()) {
        remove(key(event, view));
      }
    }
  }

  private Bytes key(CleanEvent event, int view) {
    return key(event.offset(), views.get(view).name(), fields.id(event.fields()));
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
   * Removes rows that no event needs: those of events before the last one that do not wait, and
   * those that are older than the retention of their topic.
   *
   * @param lastOffset the newest offset of an event
   * @param waiting whether the event at an offset is in the store of pending events
   */
  void cleanUp(long lastOffset, LongPredicate waiting, long nowMillis) {
    if (count > 0 && lastOffset >= 0) {
      removeIf(store.range(start(0), start(lastOffset + 1)), waiting.negate(), arrived -> true);
    }
    if (nowMillis - oldRowsCheckedAtMillis >= OLD_ROWS_CHECK_MILLIS) {
      oldRowsCheckedAtMillis = nowMillis;
      long oldest = nowMillis - Topics.VECTOR_RETENTION.toMillis();
      if (count > 0) {
        removeIf(store.all(), waiting.negate(), arrived -> arrived < oldest);
      }
    }
  }

  private void removeIf(
      KeyValueIterator<Bytes, byte[]> rows, LongPredicate offset, LongPredicate arrived) {
    List<Bytes> found = new ArrayList<>();
    try (rows) {
      while (rows.hasNext()) {
        KeyValue<Bytes, byte[]> row = rows.next();
        if (arrived.test(ByteBuffer.wrap(row.value).getLong())
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

  /** The smallest key of an offset. */
  private static Bytes start(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }
}
