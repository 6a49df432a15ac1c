package dev.millrace.ingest;

import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.streams.commit.Removals;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that wait for their schemas, in a store under ascending numbers, so in
 * the order of their arrival. Memory holds the numbers by schema id.
 */
final class ParkedRecords {
  private final KeyValueStore<Long, byte[]> store;
  private final Map<Integer, Deque<Long>> numbers = new LinkedHashMap<>();
  private final Removals removals;
  private long nextNumber;
  private int count;
  private long bytes;

  /**
   * Takes up what the store holds, as it does after a restart.
   *
   * @param removals when a record that was handed on leaves the store
   */
  ParkedRecords(KeyValueStore<Long, byte[]> store, Removals removals) {
    this.store = store;
    this.removals = removals;
    try (KeyValueIterator<Long, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Long, byte[]> next = all.next();
        index(schemaId(ParkedRecord.of(next.value)), next.key, next.value.length);
        nextNumber = next.key + 1;
      }
    }
  }

  /** The store to be given to the constructor. */
  static StoreBuilder<KeyValueStore<Long, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Long(), Serdes.ByteArray())
        // By default the changelog's records carry the producers' timestamps, which no age or bound
        // of the changelog may be judged by.
        .withLoggingEnabled(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
  }

  void add(ParkedRecord record) {
    byte[] value = record.toBytes();
    store.put(nextNumber, value);
    index(schemaId(record), nextNumber, value.length);
    nextNumber++;
  }

  private void index(int schemaId, long number, int length) {
    numbers.computeIfAbsent(schemaId, none -> new ArrayDeque<>()).add(number);
    count++;
    bytes += length;
  }

  private static int schemaId(ParkedRecord record) {
    return WireFormat.schemaIdOf(record.record().value()).orElseThrow();
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** As they are stored. */
  long bytes() {
    return bytes;
  }

  boolean holds(int schemaId) {
    return numbers.containsKey(schemaId);
  }

  /** Some of the schema ids of these records. Repeated calls return all of them in turn. */
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
        Deque<Long> its = numbers.remove(id);
        if (its != null) {
          numbers.put(id, its);
        }
      }
    }
    return ids;
  }

  /** The oldest record with this schema id, or null if there is none. */
  @Nullable ParkedRecord peek(int schemaId) {
    Deque<Long> its = numbers.get(schemaId);
    return its == null ? null : ParkedRecord.of(stored(its.element(), store.get(its.element())));
  }

  /** Removes the oldest record with this schema id, which there must be: it was handed on. */
  void removeFirst(int schemaId) {
    Deque<Long> its = numbers.get(schemaId);
    if (its == null) {
      throw new IllegalStateException("no record with schema id " + schemaId + " is parked");
    }
    Long number = its.remove();
    if (its.isEmpty()) {
      numbers.remove(schemaId);
    }
    count--;
    bytes -= stored(number, store.get(number)).length;
    removals.add(() -> store.delete(number));
  }

  private static byte[] stored(Long number, byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalStateException("parked record " + number + " is not in its store");
    }
    return value;
  }
}
