package dev.millrace.schemas.streams.restore;

import static java.util.stream.Collectors.joining;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The restoration of stores from their changelogs, as metrics, in the log and as the reason why a
 * service is not ready. What is left is counted in offsets: compaction and the markers of
 * transactions leave gaps, so a restoration may take fewer records. Safe for many threads.
 */
public final class RestoreProgress implements StateRestoreListener {
  /** The time between two lines in the log. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RestoreProgress.class);

  private final String pipeline;
  private final InstantSource clock;
  private final Counter restored;
  private final Gauge remaining;
  private final Map<String, Map<TopicPartition, Part>> stores = new TreeMap<>();
  private Instant nextLog = Instant.MIN;

  /**
   * The restoration of one partition of a store, in offsets of its changelog.
   *
   * @param at the next offset to restore; equal to {@code end} when it is restored
   */
  private record Part(long start, long end, long at) {
    long records() {
      return end - start;
    }

    long restoredRecords() {
      return at - start;
    }

    boolean isRestored() {
      return at == end;
    }
  }

  /**
   * @param pipeline the label of all metrics
   * @param storeNames of the topology, whose metrics exist from the start
   */
  public RestoreProgress(
      String pipeline,
      Collection<String> storeNames,
      CollectorRegistry registry,
      InstantSource clock) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.restored =
        Counter.build("millrace_restored_records_total", "Records restored from changelogs.")
            .labelNames("pipeline", "store")
            .register(registry);
    this.remaining =
        Gauge.build(
                "millrace_restore_remaining_records",
                "Offsets of the changelogs that are still to be restored.")
            .labelNames("pipeline", "store")
            .register(registry);
    for (String store : storeNames) {
      restored.labels(pipeline, store);
      remaining.labels(pipeline, store);
    }
  }

  @Override
  public synchronized void onRestoreStart(
      TopicPartition changelog, String store, long startingOffset, long endingOffset) {
    if (startingOffset < endingOffset) {
      put(changelog, store, new Part(startingOffset, endingOffset, startingOffset));
    }
  }

  @Override
  public synchronized void onBatchRestored(
      TopicPartition changelog, String store, long batchEndOffset, long records) {
    restored.labels(pipeline, store).inc((double) records);
    Part part = part(changelog, store);
    if (part == null) {
      return;
    }
    long at = Math.min(part.end, Math.max(part.at, batchEndOffset + 1));
    put(changelog, store, new Part(part.start, part.end, at));
    Instant now = clock.instant();
    if (!now.isBefore(nextLog)) {
      nextLog = now.plus(LOG_INTERVAL);
      log.info("{}", text());
    }
  }

  @Override
  public synchronized void onRestoreEnd(TopicPartition changelog, String store, long records) {
    Part part = part(changelog, store);
    if (part != null) {
      put(changelog, store, new Part(part.start, part.end, part.end));
    }
  }

  @Override
  public synchronized void onRestoreSuspended(
      TopicPartition changelog, String store, long records) {
    parts(store).remove(changelog);
    update(store);
  }

  private @Nullable Part part(TopicPartition changelog, String store) {
    return stores.getOrDefault(store, Map.of()).get(changelog);
  }

  private Map<TopicPartition, Part> parts(String store) {
    return stores.computeIfAbsent(store, first -> new HashMap<>());
  }

  private void put(TopicPartition changelog, String store, Part part) {
    parts(store).put(changelog, part);
    update(store);
  }

  /** Restored partitions count until all partitions of the store are restored. */
  private void update(String store) {
    Map<TopicPartition, Part> parts = parts(store);
    remaining
        .labels(pipeline, store)
        .set(sum(parts, Part::records) - (double) sum(parts, Part::restoredRecords));
    if (parts.values().stream().allMatch(Part::isRestored)) {
      stores.remove(store);
    }
  }

  private static long sum(Map<TopicPartition, Part> parts, Function<Part, Long> number) {
    return parts.values().stream().mapToLong(number::apply).sum();
  }

  /**
   * The stores that are being restored, as {@code restoring card-entities: 41 %, 120,000 of 290,000
   * records}; empty if there are none.
   */
  public synchronized String text() {
    return stores.isEmpty()
        ? ""
        : stores.entrySet().stream()
            .map(store -> text(store.getKey(), store.getValue()))
            .collect(joining("; ", "restoring ", ""));
  }

  private static String text(String store, Map<TopicPartition, Part> parts) {
    long done = sum(parts, Part::restoredRecords);
    long all = sum(parts, Part::records);
    return String.format(
        Locale.ROOT, "%s: %d %%, %,d of %,d records", store, 100 * done / all, done, all);
  }
}
