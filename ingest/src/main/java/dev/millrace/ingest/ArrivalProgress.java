package dev.millrace.ingest;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * How far, in publication time, the arrival partitions are that feed one task, directly or through
 * the rekeyed topic. In a backlog they are read at different speeds; the slowest decides which ids
 * are still needed.
 *
 * <p>A partition whose newest publication time has not advanced while records came, for one period
 * of running time, does not count until it advances again: it delivers nothing, or its producers
 * send no times or a wrong one. Where none advances, the newest counts. Nor is anything said before
 * a new task has run for a period: partitions that it does not know yet may be behind. Running time
 * is counted in ticks in which records came, so neither an outage nor an idle night counts.
 *
 * <p>A record may be published at most one period before what its partition had reached; one that
 * claims to be older still is taken as published then. So producers' wrong clocks do not take their
 * ids out of the reach of deduplication.
 */
final class ArrivalProgress {
  /** Of running time in a period. */
  static final int TICKS = 60;

  /** Under this key stands for how many ticks the task has run, in place of a partition. */
  private static final int TASK = -1;

  private static final class Arrivals {
    private long newestMillis;
    private int silentTicks;
    private boolean advanced;
  }

  private final KeyValueStore<Integer, byte[]> store;
  private final long periodMillis;
  private final InstantSource wallClock;
  private final Map<Integer, Arrivals> partitions = new TreeMap<>();
  private int ticks;
  private long tickedMillis;
  private int slowest = TASK;
  private long slowestMillis;

  ArrivalProgress(KeyValueStore<Integer, byte[]> store, Duration period, InstantSource wallClock) {
    this.store = store;
    this.periodMillis = Math.max(1, period.toMillis());
    this.wallClock = wallClock;
    this.tickedMillis = wallClock.millis();
    try (KeyValueIterator<Integer, byte[]> all = store.all()) {
      all.forEachRemaining(entry -> load(entry.key, ByteBuffer.wrap(entry.value)));
    }
    findSlowest();
  }

  /** The store to be given to the constructor. */
  static StoreBuilder<KeyValueStore<Integer, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.Integer(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  private void load(int key, ByteBuffer value) {
    long newestMillis = value.getLong();
    int count = value.getInt();
    if (key == TASK) {
      ticks = count;
    } else {
      Arrivals arrivals = new Arrivals();
      arrivals.newestMillis = newestMillis;
      arrivals.silentTicks = count;
      partitions.put(key, arrivals);
    }
  }

  /**
   * Takes a record of an arrival partition.
   *
   * @return when it counts as published
   */
  long take(int partition, long publishedMillis) {
    tickIfDue();
    Arrivals arrivals = partitions.get(partition);
    boolean isNew = arrivals == null;
    if (arrivals == null) {
      arrivals = new Arrivals();
      partitions.put(partition, arrivals);
    }
    if (isNew || publishedMillis > arrivals.newestMillis) {
      boolean counted = !isNew && arrivals.silentTicks < TICKS;
      arrivals.newestMillis = publishedMillis;
      arrivals.silentTicks = 0;
      arrivals.advanced = true;
      if (isNew) {
        save(partition, arrivals);
      }
      if (!counted || partition == slowest) {
        findSlowest();
      }
    }
    return Math.max(publishedMillis, slowestMillis - periodMillis);
  }

  /** No record to come counts as published before this. */
  long earliestToComeMillis() {
    return ticks < TICKS ? 0 : slowestMillis - periodMillis;
  }

  private void tickIfDue() {
    long now = wallClock.millis();
    if (now - tickedMillis < Math.max(1, periodMillis / TICKS)) {
      return;
    }
    tickedMillis = now;
    if (ticks < TICKS) {
      ticks++;
      store.put(TASK, value(0, ticks));
    }
    partitions.forEach(
        (partition, arrivals) -> {
          if (!arrivals.advanced) {
            arrivals.silentTicks = Math.min(TICKS, arrivals.silentTicks + 1);
          }
          arrivals.advanced = false;
          save(partition, arrivals);
        });
    findSlowest();
  }

  private void findSlowest() {
    slowest = TASK;
    slowestMillis = Long.MAX_VALUE;
    partitions.forEach(
        (partition, arrivals) -> {
          if (arrivals.silentTicks < TICKS && arrivals.newestMillis < slowestMillis) {
            slowest = partition;
            slowestMillis = arrivals.newestMillis;
          }
        });
    if (slowest == TASK) {
      slowestMillis =
          partitions.values().stream().mapToLong(each -> each.newestMillis).max().orElse(0);
    }
  }

  /** Older than what is in memory by a tick at most, which only keeps ids longer. */
  private void save(int partition, Arrivals arrivals) {
    store.put(partition, value(arrivals.newestMillis, arrivals.silentTicks));
  }

  private static byte[] value(long newestMillis, int count) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
        .putLong(newestMillis)
        .putInt(count)
        .array();
  }
}
