package dev.millrace.ingest.parked;

import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The parked records of one partition, stored under ascending numbers, so in the order in which
 * they were read. The numbers are indexed in memory by schema id.
 */
public final class ParkedRecordQueue {
  private final KeyValueStore<Long, byte[]> store;
  private final Map<Integer, Deque<Long>> numbers = new LinkedHashMap<>();

  /** How many records have each clock. After a crash later records may have lower clocks. */
  private final NavigableMap<Long, Integer> clocks = new TreeMap<>();

  private final DeferredRemovals removals;
  private long nextNumber;
  private int count;
  private long bytes;

  /**
   * Reads the index from the store, which may hold records after a restart.
   *
   * @param removals decides when a record that was passed on is deleted from the store
   */
  public ParkedRecordQueue(KeyValueStore<Long, byte[]> store, DeferredRemovals removals) {
    this.store = store;
    this.removals = removals;
    try (KeyValueIterator<Long, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Long, byte[]> next = all.next();
        index(ParkedRecord.fromBytes(next.value), next.key, next.value.length);
        nextNumber = next.key + 1;
      }
    }
  }

  void add(ParkedRecord record) {
    byte[] value = record.toBytes();
    store.put(nextNumber, value);
    index(record, nextNumber, value.length);
    nextNumber++;
  }

  private void index(ParkedRecord record, long number, int length) {
    numbers.computeIfAbsent(schemaId(record), none -> new ArrayDeque<>()).add(number);
    count++;
    clocks.merge(record.clockMillis(), 1, Integer::sum);
    bytes += length;
  }

  private static int schemaId(ParkedRecord record) {
    return WireFormat.schemaIdOf(record.record().value()).orElseThrow();
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The number that the next record gets; records that are parked now have lower ones. */
  long nextNumber() {
    return nextNumber;
  }

  /** The number of the oldest record; the next number if there is none. */
  long oldestNumber() {
    long oldest = nextNumber;
    for (Deque<Long> ofId : numbers.values()) {
      oldest = Math.min(oldest, ofId.element());
    }
    return oldest;
  }

  /**
   * The lowest clock by which a record will be judged, epoch milliseconds; 0 if one has none, and
   * {@link Long#MAX_VALUE} if there is no record.
   */
  long lowestClockMillis() {
    return clocks.isEmpty() ? Long.MAX_VALUE : clocks.firstKey();
  }

  int count() {
    return count;
  }

  /** Size of the parked records as they are stored. */
  long bytes() {
    return bytes;
  }

  boolean holds(int schemaId) {
    return numbers.containsKey(schemaId);
  }

  /**
   * Some of the schema ids of the parked records; repeated calls return all of them in turn.
   *
   * @param most at most so many
   */
  List<Integer> nextSchemaIds(int most) {
    List<Integer> ids = new ArrayList<>();
    for (Integer id : numbers.keySet()) {
      if (ids.size() == most) {
        break;
      }
      ids.add(id);
    }
    if (ids.size() < numbers.size()) {
      for (Integer id : ids) {
        Deque<Long> ofId = numbers.remove(id);
        if (ofId != null) {
          numbers.put(id, ofId);
        }
      }
    }
    return ids;
  }

  /** The oldest record with this schema id, or null if there is none. */
  @Nullable ParkedRecord peek(int schemaId) {
    Deque<Long> ofId = numbers.get(schemaId);
    return ofId == null
        ? null
        : ParkedRecord.fromBytes(stored(ofId.element(), store.get(ofId.element())));
  }

  /**
   * Removes the oldest record with this schema id after it was passed on.
   *
   * @throws IllegalStateException if there is none
   */
  void removeFirst(int schemaId) {
    Deque<Long> ofId = numbers.get(schemaId);
    if (ofId == null) {
      throw new IllegalStateException("no record with schema id " + schemaId + " is parked");
    }
    Long number = ofId.remove();
    if (ofId.isEmpty()) {
      numbers.remove(schemaId);
    }
    byte[] value = stored(number, store.get(number));
    count--;
    clocks.computeIfPresent(
        ParkedRecord.fromBytes(value).clockMillis(), (clock, n) -> n == 1 ? null : n - 1);
    bytes -= value.length;
    removals.add(() -> store.delete(number));
  }

  private static byte[] stored(Long number, byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalStateException("parked record " + number + " is not in its store");
    }
    return value;
  }
}
