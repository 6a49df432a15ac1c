package dev.millrace.ingest;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Remembers event ids for a while.
 *
 * <p>Time is that of publication, the newest that the task has seen (Kafka Streams' stream time),
 * not the event's and not the wall clock's: an id is dropped when it was published again within the
 * period, however much later it is read, after an outage too.
 *
 * <p>An id is stored under the start of a bucket of half the period. A look-up is then three point
 * reads, which RocksDB's Bloom filters answer without the disk for an id that is new, and whole
 * segments are dropped as they expire. So memory is bounded at any rate, and disk by what comes in
 * during one period and a half.
 */
final class SeenIds {
  private final WindowStore<String, Long> store;
  private final long periodMillis;
  private final long bucketMillis;

  SeenIds(WindowStore<String, Long> store, Duration period) {
    this.store = store;
    this.periodMillis = period.toMillis();
    this.bucketMillis = bucketMillis(period);
  }

  /** The store to be given to the constructor, with the same period. */
  static StoreBuilder<WindowStore<String, Long>> store(String name, Duration period) {
    Duration bucket = Duration.ofMillis(bucketMillis(period));
    return Stores.windowStoreBuilder(
            Stores.persistentWindowStore(name, period.plus(bucket), bucket, false),
            Serdes.String(),
            Serdes.Long())
        // By default the changelog's records carry the producers' timestamps: old ones would be
        // deleted at once, and with them the memory that a restart needs.
        .withLoggingEnabled(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
  }

  private static long bucketMillis(Duration period) {
    return Math.max(1, period.toMillis() / 2);
  }

  /**
   * Whether the id has not been seen within the period; it is remembered from now on.
   *
   * @param nowMillis publication time, never less than in the call before
   */
  boolean isNew(String id, long nowMillis) {
    long bucket = nowMillis - Math.floorMod(nowMillis, bucketMillis);
    for (long start = bucket;
        start > nowMillis - periodMillis - bucketMillis && start >= 0;
        start -= bucketMillis) {
      Long seenMillis = store.fetch(id, start);
      if (seenMillis != null && nowMillis - seenMillis < periodMillis) {
        return false;
      }
    }
    store.put(id, nowMillis, bucket);
    return true;
  }
}
