package dev.millrace.inference;

import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A clean event on its way to its prediction. */
final class Event {
  /** Enough to read the rows that came while no process ran. */
  private static final Duration AFTER_RESTART = Duration.ofHours(1);

  /** Of the scored source's clean topic. */
  final long offset;

  /** Event time, epoch millis. */
  final long time;

  final byte[] key;
  final byte[] value;
  final Headers headers;
  final GenericRecord fields;

  /** The rows that this event caused, by the index of their view; null: not here yet. */
  final @Nullable Row[] own;

  /** When the event came first; wall clock, epoch millis. */
  private long cameAt;

  /** When this process began to wait for the event's rows; wall clock, epoch millis. */
  private long awaitedSince;

  Event(
      long offset,
      long time,
      byte[] key,
      byte[] value,
      Headers headers,
      GenericRecord fields,
      int views) {
    this.offset = offset;
    this.time = time;
    this.key = key;
    this.value = value;
    this.headers = headers;
    this.fields = fields;
    this.own = new @Nullable Row[views];
  }

  /**
   * Notes since when the event waits; wall clock, epoch millis.
   *
   * @param cameAt when it came first
   * @param startedAt when this process began to wait; its rows may have come before, while none ran
   */
  void waitsSince(long cameAt, long startedAt) {
    this.cameAt = cameAt;
    this.awaitedSince = Math.max(cameAt, startedAt);
  }

  long cameAt() {
    return cameAt;
  }

  /**
   * When a wait for one of the event's rows ends; wall clock, epoch millis. After a restart it goes
   * on for its full length, but for no more than {@link #AFTER_RESTART} beyond the time that it
   * would have ended: else a long wait would never end where restarts are frequent.
   */
  long waitEnds(Duration atMost) {
    Duration anew = atMost.compareTo(AFTER_RESTART) < 0 ? atMost : AFTER_RESTART;
    return Math.max(cameAt + atMost.toMillis(), awaitedSince + anew.toMillis());
  }
}
