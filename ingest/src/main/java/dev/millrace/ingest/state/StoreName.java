package dev.millrace.ingest.state;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The state stores of a source. Their names are part of topic names on the cluster, so a renamed
 * store starts empty.
 */
public enum StoreName {
  /** The ids of published events. */
  PUBLISHED_IDS,
  /** The publication time that each arrival partition has reached. */
  ARRIVAL_PROGRESS,
  /** The event clock. */
  EVENT_CLOCK,
  /** Records whose schema is not known yet. */
  PARKED,
  /** Only with at-least-once: notifies of commits; holds nothing and has no changelog. */
  COMMITS;

  private final String suffix = "-" + name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The name of this store of a source, such as {@code payments-event-clock}. */
  public String of(String source) {
    return source + suffix;
  }

  /** The stores of a source that have a changelog. */
  public static List<String> logged(String source) {
    return Arrays.stream(values())
        .filter(store -> store != COMMITS)
        .map(store -> store.of(source))
        .toList();
  }
}
