package dev.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Remembers event ids: one that was published again within a period is a duplicate.
 *
 * <p>Publication times of the records themselves are compared, in both directions, since records of
 * several arrival partitions are read in any order. With each id stands the record that it was
 * first seen in: that record, read again after a crash, is no duplicate of itself, since its output
 * may have been lost while the id was kept.
 *
 * <p>The key of an entry is the bucket of its publication time, one period long, and the id; so no
 * bucket holds an id twice. A look-up is two or three point reads, which RocksDB's Bloom filters
 * answer without the disk for an id that is new. Entries are deleted by their key's order when
 * {@link ArrivalProgress} says that no record to come can be within a period of them.
 */
final class SeenIds {
  /** After so many new ids some of the expired entries are deleted. */
  private static final int IDS_PER_DELETION = 256;

  /** For each new id at most, so that deletions keep pace and hold nothing up. */
  private static final int DELETED_PER_ID = 4;

  private static final int MEBIBYTE = 1024 * 1024;

  /** Sorts before every id. */
  private static final byte[] NO_ID = {};

  private final KeyValueStore<byte[], byte[]> store;
  private final long periodMillis;

  private final int idsPerDeletion;

  /** Before this key nothing is stored. */
  private byte[] oldest = key(0, NO_ID);

  /** Of the newest entry; -1 while there is none. */
  private long newestBucket = -1;

  private int idsSinceDeletion;

  SeenIds(KeyValueStore<byte[], byte[]> store, Duration period) {
    this(store, period, IDS_PER_DELETION);
  }

  SeenIds(KeyValueStore<byte[], byte[]> store, Duration period, int idsPerDeletion) {
    this.store = store;
    this.periodMillis = Math.max(1, period.toMillis());
    this.idsPerDeletion = idsPerDeletion;
    try (KeyValueIterator<byte[], byte[]> newestFirst = store.reverseAll()) {
      if (newestFirst.hasNext()) {
        newestBucket = bucketOf(newestFirst.next().key);
      }
    }
  }

  /** The store to be given to the constructor. */
  static StoreBuilder<KeyValueStore<byte[], byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray())
        // Compaction leaves the active segment alone: smaller ones bound the topic and a restore.
        // An entry whose tombstone is gone before a restore reads it is deleted again.
        .withLoggingEnabled(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.SEGMENT_BYTES_CONFIG,
                String.valueOf(64 * MEBIBYTE),
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                String.valueOf(Duration.ofMinutes(10).toMillis())));
  }

  /** The sighting that counts: an earlier one within the period, or else this one. */
  Sighting first(String id, Sighting sighting) {
    long bucket = bucket(sighting.publishedMillis());
    long last = Math.min(bucket + 1, newestBucket);
    byte[] idBytes = id.getBytes(UTF_8);
    Sighting counts = sighting;
    for (long each = Math.max(0, bucket - 1); each <= last; each++) {
      byte[] stored = store.get(key(each, idBytes));
      if (stored != null) {
        Sighting earlier = Sighting.of(stored);
        if (earlier.isOfSameRecordAs(sighting)) {
          return earlier;
        }
        if (Math.abs(earlier.publishedMillis() - sighting.publishedMillis()) < periodMillis) {
          counts = earlier;
        }
      }
    }
    return counts;
  }

  /**
   * Remembers an id that is new.
   *
   * @param earliestToComeMillis no record to come was published before this
   */
  void remember(String id, Sighting sighting, long earliestToComeMillis) {
    long bucket = bucket(sighting.publishedMillis());
    if (bucket < bucketOf(oldest)) {
      oldest = key(bucket, NO_ID);
    }
    newestBucket = Math.max(newestBucket, bucket);
    store.put(key(bucket, id.getBytes(UTF_8)), sighting.bytes());
    idsSinceDeletion++;
    if (idsSinceDeletion >= idsPerDeletion) {
      idsSinceDeletion = 0;
      // The newest entry of bucket b is within a period of nothing from (b + 2) periods on.
      deleteBefore(Math.floorDiv(earliestToComeMillis, periodMillis) - 1);
    }
  }

  private void deleteBefore(long bucket) {
    if (bucketOf(oldest) >= bucket) {
      return;
    }
    int deleted = 0;
    try (KeyValueIterator<byte[], byte[]> entries = store.range(oldest, key(bucket, NO_ID))) {
      while (entries.hasNext()) {
        byte[] key = entries.next().key;
        if (bucketOf(key) >= bucket || deleted == DELETED_PER_ID * idsPerDeletion) {
          oldest = key;
          return;
        }
        store.put(key, null);
        deleted++;
      }
    }
    oldest = key(bucket, NO_ID);
  }

  private long bucket(long millis) {
    return Math.floorDiv(millis, periodMillis);
  }

  /** In the order of the buckets, which are not negative. */
  private static byte[] key(long bucket, byte[] id) {
    return ByteBuffer.allocate(Long.BYTES + id.length).putLong(bucket).put(id).array();
  }

  private static long bucketOf(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }
}
