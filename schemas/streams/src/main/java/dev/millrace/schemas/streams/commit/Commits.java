package dev.millrace.schemas.streams.commit;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Calls listeners at each commit of a task. It is a state store without content, since Kafka
 * Streams reports commits to state stores only.
 *
 * <p>Before the commit, Kafka Streams flushes the caches of the stores, with either guarantee; what
 * is written to other stores then belongs to the commit. This interface is internal to Kafka
 * Streams; there is no public one. After the commit, with at-least-once, a running task commits its
 * stores: all its output was written and its offsets were committed. With exactly-once it commits
 * them only when it is closed.
 */
public final class Commits implements StateStore, CachedStateStore<byte[], byte[]> {
  private final String name;
  private @Nullable Runnable before;
  private @Nullable Runnable after;
  private boolean isOpen;

  Commits(String name) {
    this.name = name;
  }

  /** The builder of the store, which a topology connects to the processor that listens. */
  public static StoreBuilder<Commits> store(String name) {
    return new Builder(name);
  }

  /** Sets the listener of the time before each commit. It may write to stores without a cache. */
  public void listenBefore(Runnable next) {
    before = next;
  }

  /** Sets the listener of the time after each commit. It may write to other stores. */
  public void listenAfter(Runnable next) {
    after = next;
  }

  /**
   * Removes the listeners. A closed processor must not be called: the commit of a task that failed
   * does not show that its output was written.
   */
  public void stopListening() {
    before = null;
    after = null;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (key, value) -> {});
    isOpen = true;
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    if (after != null) {
      after.run();
    }
  }

  @Override
  public void flushCache() {
    if (before != null) {
      before.run();
    }
  }

  /** The task becomes a standby, after a commit. */
  @Override
  public void clearCache() {}

  /** There is nothing to listen to. */
  @Override
  public boolean setFlushListener(
      CacheFlushListener<byte[], byte[]> unused, boolean sendOldValues) {
    return false;
  }

  @Override
  public void close() {
    isOpen = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  private record Builder(String name) implements StoreBuilder<Commits> {
    @Override
    public StoreBuilder<Commits> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withLoggingEnabled(Map<String, String> config) {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withLoggingDisabled() {
      return this;
    }

    @Override
    public Commits build() {
      return new Commits(name);
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
