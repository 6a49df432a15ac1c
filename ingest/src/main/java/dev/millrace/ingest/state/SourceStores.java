package dev.millrace.ingest.state;

import dev.millrace.ingest.clock.EventClock;
import dev.millrace.ingest.dedup.DedupWatermark;
import dev.millrace.ingest.dedup.SortedByteStore;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.streams.commit.Commits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Builds the state stores of a source, and adapts them to the interfaces of {@code clock} and
 * {@code dedup}.
 */
public final class SourceStores {
  private static final int MEBIBYTE = 1024 * 1024;

  /** The only key of the event clock's store. */
  private static final String CLOCK_KEY = "newest";

  private SourceStores() {}

  /** Builders of all stores of a source, in the same order in every process. */
  public static Set<StoreBuilder<?>> builders(String source, Guarantee guarantee) {
    Set<StoreBuilder<?>> stores =
        new LinkedHashSet<>(
            List.of(
                parked(StoreName.PARKED.of(source)),
                clock(StoreName.EVENT_CLOCK.of(source)),
                progress(StoreName.ARRIVAL_PROGRESS.of(source)),
                ids(StoreName.PUBLISHED_IDS.of(source))));
    if (guarantee == Guarantee.AT_LEAST_ONCE) {
      stores.add(Commits.store(StoreName.COMMITS.of(source)));
    }
    return stores;
  }

  private static StoreBuilder<KeyValueStore<Long, byte[]>> parked(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Long(), Serdes.ByteArray())
        // By default the changelog's records carry the producers' timestamps, which must not decide
        // their retention, nor make a broker reject them as too old or too new.
        .withLoggingEnabled(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
  }

  /** Cached: its changelog gets one record per commit, not one per event. */
  private static StoreBuilder<KeyValueStore<String, byte[]>> clock(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  private static StoreBuilder<KeyValueStore<Integer, byte[]>> progress(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.Integer(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  private static StoreBuilder<KeyValueStore<byte[], byte[]>> ids(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray())
        // Compaction excludes the active segment: smaller segments bound the size of the topic
        // and the time of a restore. An entry is deleted again if its tombstone was removed before
        // a restore read it.
        .withLoggingEnabled(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.SEGMENT_BYTES_CONFIG,
                String.valueOf(64 * MEBIBYTE),
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                String.valueOf(Duration.ofMinutes(10).toMillis())));
  }

  /** The event clock's state in its store. */
  public static EventClock.State clockState(KeyValueStore<String, byte[]> store) {
    return new EventClock.State() {
      @Override
      public byte @Nullable [] load() {
        return store.get(CLOCK_KEY);
      }

      @Override
      public void save(byte[] state) {
        store.put(CLOCK_KEY, state);
      }
    };
  }

  /** The progress of publication in its store. */
  public static DedupWatermark.State progressState(KeyValueStore<Integer, byte[]> store) {
    return new DedupWatermark.State() {
      @Override
      public void forEach(BiConsumer<Integer, byte[]> action) {
        try (KeyValueIterator<Integer, byte[]> all = store.all()) {
          all.forEachRemaining(entry -> action.accept(entry.key, entry.value));
        }
      }

      @Override
      public void put(int key, byte[] value) {
        store.put(key, value);
      }
    };
  }

  /** The published ids in their store. */
  public static SortedByteStore idStore(KeyValueStore<byte[], byte[]> store) {
    return new SortedByteStore() {
      @Override
      public byte @Nullable [] get(byte[] key) {
        return store.get(key);
      }

      @Override
      public void put(byte[] key, byte[] value) {
        store.put(key, value);
      }

      @Override
      public void delete(byte[] key) {
        // Not store.delete, which reads the value first.
        store.put(key, null);
      }

      @Override
      public byte @Nullable [] lastKey() {
        try (KeyValueIterator<byte[], byte[]> descending = store.reverseAll()) {
          return descending.hasNext() ? descending.next().key : null;
        }
      }

      @Override
      public List<byte[]> keys(byte[] from, byte[] to, int limit) {
        List<byte[]> keys = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> entries = store.range(from, to)) {
          while (keys.size() < limit && entries.hasNext()) {
            keys.add(entries.next().key);
          }
        }
        return keys;
      }
    };
  }
}
