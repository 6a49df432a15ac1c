package dev.millrace.ingest.dedup;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Finds duplicates: events whose id was published before, or after, by less than a period. State of
 * one task; not thread-safe.
 */
public final class Deduplicator {
  /**
   * The result of looking up an event's id.
   *
   * @param first the publication that counts: an earlier one within the period, else this event's
   * @param duplicate whether that is another record's
   */
  public record Lookup(Publication first, boolean duplicate) {}

  private final SeenIdIndex ids;
  private final DedupWatermark progress;

  /** Resumes from the stored state. */
  public Deduplicator(
      SortedByteStore ids,
      DedupWatermark.State progress,
      Duration period,
      InstantSource wallClock) {
    this(new SeenIdIndex(ids, period), new DedupWatermark(progress, period, wallClock));
  }

  Deduplicator(SeenIdIndex ids, DedupWatermark progress) {
    this.ids = ids;
    this.progress = progress;
  }

  /**
   * Looks up the id of an event. A record that is read again is not a duplicate of itself.
   *
   * @param partition the record's arrival partition
   * @param offset the record's offset in that partition
   * @param publishedMillis when the record was published, epoch milliseconds
   * @param late whether the event is late
   */
  public Lookup lookUp(String id, int partition, long offset, long publishedMillis, boolean late) {
    Publication current =
        new Publication(progress.take(partition, publishedMillis), partition, offset, late);
    Publication first = ids.first(id, current);
    return new Lookup(first, !first.isOfSameRecordAs(current));
  }

  /** Stores the publication that counts, once its event is written. */
  public void remember(String id, Publication first) {
    ids.remember(id, first, progress.earliestToComeMillis());
  }
}
