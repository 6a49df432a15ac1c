package dev.millrace.features.operator;

import dev.millrace.features.view.ViewPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.jspecify.annotations.Nullable;

/** The states of a lookup's entities, in memory and in keyed state. */
final class EntityStates {
  private final ViewPlan plan;
  private final long fingerprint;
  private final String view;
  private final EntityCache cache;
  private final ValueState<byte[]> stored;
  private final KeyContext keys;
  private final ToLongFunction<String> closedMillis;
  private final Counter hits = new SimpleCounter();
  private final Counter misses = new SimpleCounter();

  /**
   * @param fingerprint of the view's definition, which each state contains
   * @param view its name, for messages
   * @param cacheBytes of memory
   * @param closedMillis by entity, the time up to which no question is expected any more
   */
  EntityStates(
      ViewPlan plan,
      long fingerprint,
      String view,
      long cacheBytes,
      ValueState<byte[]> stored,
      KeyContext keys,
      ToLongFunction<String> closedMillis) {
    this.plan = plan;
    this.fingerprint = fingerprint;
    this.view = view;
    this.cache = new EntityCache(cacheBytes, this::write);
    this.stored = stored;
    this.keys = keys;
    this.closedMillis = closedMillis;
  }

  /** The state of the current key; null if there is none. */
  @Nullable EntityState find(String key) throws IOException {
    EntityState cached = cache.get(key);
    if (cached != null) {
      hits.inc();
      return cached;
    }
    misses.inc();
    byte[] bytes = stored.value();
    return bytes == null ? null : EntityState.read(plan.plan(), fingerprint, view, bytes);
  }

  /**
   * Keeps the state of the current key.
   *
   * @param changed whether it differs from what {@link #find} returned
   */
  void keep(String key, EntityState state, boolean changed) {
    cache.put(key, state, changed);
  }

  /** Drops the state of the current key. */
  void drop(String key) {
    cache.remove(key);
    stored.clear();
  }

  /** Writes all changed states to keyed state. The current key is undefined afterwards. */
  void flush() {
    cache.flush();
  }

  private void write(String key, EntityState entity) {
    Object current = keys.getCurrentKey();
    keys.setCurrentKey(key);
    try {
      stored.update(entity.toBytes(fingerprint, closedMillis.applyAsLong(key)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (current != null) {
        keys.setCurrentKey(current);
      }
    }
  }

  /** States that were found in memory. */
  Counter hits() {
    return hits;
  }

  /** States that were read from keyed state, also of entities that had none. */
  Counter misses() {
    return misses;
  }

  int cached() {
    return cache.size();
  }

  long cacheBytes() {
    return cache.bytes();
  }
}
