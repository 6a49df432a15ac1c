package dev.millrace.inference;

import dev.millrace.schemas.streams.commit.Removals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition that wait for their own rows, by offset. The store holds all of them,
 * so that a killed process loses none; memory holds the first few thousand decoded, which is all of
 * them unless waits are long.
 */
final class PendingEvents {
  /** Ten times what a wait of 200 ms holds at 5,000 events a second and partition. */
  private static final int IN_MEMORY = 10_000;

  /** Stands in the store for an event that was answered, but may be read again. */
  private static final byte[] MARKER = {0};

  private final KeyValueStore<Bytes, byte[]> store;
  private final Function<byte[], GenericRecord> decoder;
  private final int views;
  private final long startedAt;
  private final Removals removals;
  private final Map<Long, Event> memory = new HashMap<>();

  /** Offsets of events that were answered, but are still in the store. */
  private final Set<Long> answered = new HashSet<>();

  /**
   * With at-least-once: offsets of events that were in the store at the start and that may be read
   * again, since what the store has may be newer than the offsets that were committed.
   */
  private final TreeSet<Long> restored = new TreeSet<>();

  private long count;

  /**
   * @param decoder reads an event's value again
   * @param startedAt wall clock, epoch millis; see {@link Event#waitEnds} for what an earlier
   *     process left behind
   * @param removals when an answered event leaves the store
   */
  PendingEvents(
      KeyValueStore<Bytes, byte[]> store,
      Function<byte[], GenericRecord> decoder,
      int views,
      long startedAt,
      Removals removals) {
    this.decoder = decoder;
    this.store = store;
    this.views = views;
    this.startedAt = startedAt;
    this.removals = removals;
  }

  /** Reads what an earlier process left behind, in the order of offsets. */
  void restore(Consumer<Event> each) {
    List<Long> ofAnswered = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        long offset = ByteBuffer.wrap(entry.key.get()).getLong();
        restored.add(offset);
        if (isMarker(entry.value)) {
          ofAnswered.add(offset);
        } else {
          Event event = read(offset, entry.value);
          count++;
          remember(event);
          each.accept(event);
        }
      }
    }
    if (!removals.waitForCommit()) {
      restored.clear();
      ofAnswered.forEach(offset -> store.delete(key(offset)));
    }
  }

  void add(Event event) {
    store.put(key(event.offset), write(event));
    count++;
    remember(event);
  }

  private void remember(Event event) {
    if (memory.size() < IN_MEMORY) {
      memory.put(event.offset, event);
    }
  }

  @Nullable Event get(long offset) {
    Event event = memory.get(offset);
    if (event != null || count == memory.size() || answered.contains(offset)) {
      return event;
    }
    byte[] stored = store.get(key(offset));
    return stored == null || isMarker(stored) ? null : read(offset, stored);
  }

  boolean contains(long offset) {
    return memory.containsKey(offset) || (count > memory.size() && get(offset) != null);
  }

  /**
   * Whether an event is read again, with at-least-once after a crash, that was in the store at the
   * start: it waits, or was answered since then.
   *
   * @param offset not less than in the call before
   */
  boolean isReadAgain(long offset) {
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
   * Removes an event that is there: it was answered.
   *
   * @param next removes what the event would need if it were found here again
   */
  void remove(long offset, Runnable next) {
    memory.remove(offset);
    count--;
    answered.add(offset);
    removals.add(
        () -> {
          store.put(key(offset), restored.contains(offset) ? MARKER : null);
          answered.remove(offset);
          next.run();
        });
  }

  /** Whether the event is in the store, answered or not. */
  boolean holds(long offset) {
    return answered.contains(offset) || contains(offset);
  }

  long count() {
    return count;
  }

  private static boolean isMarker(byte[] stored) {
    return stored.length == MARKER.length;
  }

  private static Bytes key(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }

  private static byte[] write(Event event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + event.value.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(event.cameAt());
      out.writeLong(event.time);
      write(out, event.key);
      write(out, event.value);
      Header[] headers = event.headers.toArray();
      out.writeInt(headers.length);
      for (Header header : headers) {
        write(out, header.key().getBytes(StandardCharsets.UTF_8));
        write(out, header.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private Event read(long offset, byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      long cameAt = in.readLong();
      long time = in.readLong();
      byte[] key = read(in);
      byte[] value = read(in);
      RecordHeaders headers = new RecordHeaders();
      for (int left = in.readInt(); left > 0; left--) {
        headers.add(new String(read(in), StandardCharsets.UTF_8), readNullable(in));
      }
      Event event = new Event(offset, time, key, value, headers, decoder.apply(value), views);
      event.waitsSince(cameAt, startedAt);
      return event;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] bytes = readNullable(in);
    if (bytes == null) {
      throw new IOException("a pending event without key or value");
    }
    return bytes;
  }

  private static byte @Nullable [] readNullable(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : in.readNBytes(length);
  }
}
