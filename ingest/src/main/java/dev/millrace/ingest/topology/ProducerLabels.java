package dev.millrace.ingest.topology;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bounds the number of producers that metrics distinguish: names come from the producers, and every
 * name is a time series. Safe for many threads.
 */
final class ProducerLabels {
  /** The label of the producers that came after the largest number of names. */
  static final String OTHER = "other";

  /** More producers than a pipeline has; with all codes fewer series than a scrape may have. */
  static final int MAX_NAMES = 100;

  private final Set<String> names = ConcurrentHashMap.newKeySet();

  /** The label of a producer: its name, or {@link #OTHER}. */
  String of(String producer) {
    if (names.contains(producer)) {
      return producer;
    }
    synchronized (names) {
      if (names.size() < MAX_NAMES) {
        names.add(producer);
        return producer;
      }
    }
    return names.contains(producer) ? producer : OTHER;
  }
}
