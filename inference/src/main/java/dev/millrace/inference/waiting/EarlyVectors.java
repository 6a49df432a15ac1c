package dev.millrace.inference.waiting;

import dev.millrace.inference.rows.FeatureVector;
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
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Vectors whose event has not arrived; with at-least-once also those whose event was scored since
 * the last commit. Those that came since the last commit are in memory, and in the store before the
 * next one.
 *
 * <p>The key is the event's offset (eight bytes, big-endian) and its id. The value is the arrival
 * time (wall clock, epoch millis, eight bytes) and the vector as it was read. The id is part of the
 * key, since the offset may be that of an event in a topic that was deleted and created again.
 */
public final class EarlyVectors {
  /** Kafka Streams does not commit during a rebalance, so more may come before a commit. */
  private static final int IN_MEMORY = 10_000;

  /** How often all vectors are read to find those that were kept too long. */
  private static final long OLD_VECTORS_CHECK_MILLIS = Duration.ofHours(1).toMillis();

  private final KeyValueStore<Bytes, byte[]> store;
  private final AvroDecoder decoder;
  private final EventFields fields;
  private final DeferredRemovals removals;

  /** Vectors that came since the last commit, as they will be in the store. */
  private final TreeMap<Bytes, byte[]> unstored = new TreeMap<>();

  private long count;
  private long oldVectorsCheckedAtMillis;

  /**
   * @param removals decides when a vector leaves the store
   * @param nowMillis wall clock
   */
  public EarlyVectors(
      KeyValueStore<Bytes, byte[]> store,
      AvroDecoder decoder,
      EventFields fields,
      DeferredRemovals removals,
      long nowMillis) {
    this.store = store;
    this.decoder = decoder;
    this.fields = fields;
    this.removals = removals;
    this.oldVectorsCheckedAtMillis = nowMillis;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
  }

  /**
   * Keeps a vector, unless one of the same event is kept. One that is too large for the changelog
   * is not kept; its event is then scored when its wait ends.
   *
   * @param value the vector as it was read
   */
  void put(FeatureVector vector, byte[] value, long nowMillis) {
    Bytes key = key(vector.offset(), vector.eventId());
    byte[] stored =
        ByteBuffer.allocate(Long.BYTES + value.length).putLong(nowMillis).put(value).array();
    if (RecordSize.fits(key.get(), stored, List.of()) && (count == 0 || get(key) == null)) {
      if (unstored.size() < IN_MEMORY) {
        unstored.put(key, stored);
      } else {
        store.put(key, stored);
      }
      count++;
    }
  }

  /** Writes the vectors that came since the last commit to the store. */
  void store() {
    unstored.forEach(store::put);
    unstored.clear();
  }

  private byte @Nullable [] get(Bytes key) {
    byte[] early = unstored.get(key);
    return early != null ? early : store.get(key);
  }

  /** The vector of an event, if it is kept. */
  @Nullable FeatureVector find(CleanEvent event) {
    byte[] stored = count == 0 ? null : get(key(event));
    return stored != null
            && decoder.decode(Arrays.copyOfRange(stored, Long.BYTES, stored.length))
                instanceof Decoded.Value decoded
        ? FeatureVector.of(decoded.record())
        : null;
  }

  /**
   * Whether a vector is that of the event with its offset. The topic may have been deleted and
   * created again.
   */
  boolean isOf(FeatureVector vector, CleanEvent event) {
    return vector.eventId().equals(fields.id(event.fields()));
  }

  /** Removes the vector of an event that was scored. */
  void remove(CleanEvent event) {
    if (count > 0) {
      remove(key(event));
    }
  }

  private Bytes key(CleanEvent event) {
    return key(event.offset(), fields.id(event.fields()));
  }

  private void remove(Bytes key) {
    removals.add(
        () -> {
          if (unstored.remove(key) != null) {
            count--;
          } else if (count > 0 && store.get(key) != null) {
            // A store with a changelog writes a record for each deletion, also of nothing.
            store.delete(key);
            count--;
          }
        });
  }

  /**
   * Removes vectors that no event needs: those of events before the last one that do not wait, and
   * those that are older than the retention of their topic.
   *
   * @param lastOffset the newest offset that was read
   * @param waiting whether the event at an offset is in the store of pending events
   */
  void cleanUp(long lastOffset, LongPredicate waiting, long nowMillis) {
    store();
    if (count > 0 && lastOffset >= 0) {
      removeIf(store.range(start(0), start(lastOffset + 1)), waiting.negate(), arrived -> true);
    }
    if (nowMillis - oldVectorsCheckedAtMillis >= OLD_VECTORS_CHECK_MILLIS) {
      oldVectorsCheckedAtMillis = nowMillis;
      long oldest = nowMillis - Topics.VECTOR_RETENTION.toMillis();
      if (count > 0) {
        removeIf(store.all(), waiting.negate(), arrived -> arrived < oldest);
      }
    }
  }

  private void removeIf(
      KeyValueIterator<Bytes, byte[]> vectors, LongPredicate offset, LongPredicate arrived) {
    List<Bytes> found = new ArrayList<>();
    try (vectors) {
      while (vectors.hasNext()) {
        KeyValue<Bytes, byte[]> vector = vectors.next();
        if (arrived.test(ByteBuffer.wrap(vector.value).getLong())
            && offset.test(ByteBuffer.wrap(vector.key.get()).getLong())) {
          found.add(vector.key);
        }
      }
    }
    found.forEach(this::remove);
  }

  long count() {
    return count;
  }

  private static Bytes key(long offset, String eventId) {
    byte[] id = eventId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + id.length).putLong(offset).put(id).array());
  }

  /** The smallest key of an offset. */
  private static Bytes start(long offset) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
  }
}
