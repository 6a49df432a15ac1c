package dev.millrace.ingest;

import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The newest event time of a partition, by which lateness is judged.
 *
 * <p>It lives in a store, so that a restart neither forgets it nor calls other events late. The
 * store is cached: its changelog gets one record a commit, not one an event.
 */
final class EventClock {
  private static final String NEWEST = "newest";

  private final KeyValueStore<String, Long> store;
  private final long latenessMillis;
  private long newestMillis;

  EventClock(KeyValueStore<String, Long> store, Duration lateness) {
    this.store = store;
    this.latenessMillis = lateness.toMillis();
    Long stored = store.get(NEWEST);
    this.newestMillis = stored == null ? Long.MIN_VALUE : stored;
  }

  /** The store to be given to the constructor. */
  static StoreBuilder<KeyValueStore<String, Long>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.Long())
        .withCachingEnabled();
  }

  /** The newest event time, epoch milliseconds; 0 while there is none. */
  long millis() {
    return Math.max(0, newestMillis);
  }

  /**
   * Takes the time of an event in good order and says whether it came later than allowed.
   *
   * @param timeMillis event time, epoch milliseconds, not negative
   */
  boolean isLate(long timeMillis) {
    if (timeMillis > newestMillis) {
      newestMillis = timeMillis;
      store.put(NEWEST, timeMillis);
      return false;
    }
    return newestMillis - timeMillis > latenessMillis;
  }
}
