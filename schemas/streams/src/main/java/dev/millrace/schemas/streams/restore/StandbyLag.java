package dev.millrace.schemas.streams.restore;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.TaskId;

/**
 * How far the standby stores of this process are behind their changelogs, in offsets, as of the
 * batch that was loaded last. Safe for many threads.
 */
public final class StandbyLag implements StandbyUpdateListener {
  private final String pipeline;
  private final Gauge lag;
  private final Map<String, Map<TopicPartition, Long>> stores = new HashMap<>();

  /**
   * @param pipeline the label of all metrics
   * @param storeNames of the topology, whose metrics exist from the start
   */
  public StandbyLag(String pipeline, Collection<String> storeNames, CollectorRegistry registry) {
    this.pipeline = pipeline;
    this.lag =
        Gauge.build(
                "millrace_standby_lag_records",
                "Offsets of the changelogs that the standby stores of this process are behind.")
            .labelNames("pipeline", "store")
            .register(registry);
    storeNames.forEach(store -> lag.labels(pipeline, store));
  }

  @Override
  public void onUpdateStart(TopicPartition changelog, String store, long startingOffset) {
    // The end of the changelog is not known before the first batch.
  }

  @Override
  public synchronized void onBatchLoaded(
      TopicPartition changelog,
      String store,
      TaskId task,
      long batchEndOffset,
      long batchSize,
      long currentEndOffset) {
    stores
        .computeIfAbsent(store, first -> new HashMap<>())
        .put(changelog, Math.max(0, currentEndOffset - batchEndOffset - 1));
    update(store);
  }

  @Override
  public synchronized void onUpdateSuspended(
      TopicPartition changelog,
      String store,
      long storeOffset,
      long currentEndOffset,
      SuspendReason reason) {
    stores.getOrDefault(store, new HashMap<>()).remove(changelog);
    update(store);
  }

  private void update(String store) {
    long records =
        stores.getOrDefault(store, Map.of()).values().stream().mapToLong(Long::longValue).sum();
    lag.labels(pipeline, store).set((double) records);
  }
}
