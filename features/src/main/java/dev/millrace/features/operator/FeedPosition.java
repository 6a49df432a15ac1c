package dev.millrace.features.operator;

import java.nio.ByteBuffer;

/** How far the online store's feed of one entity is. It outlives a restart. */
final class FeedPosition {
  /** No timer is set. */
  static final long NO_TIMER = Long.MAX_VALUE;

  private long asOfMillis = Long.MIN_VALUE;
  private long sequence;
  private long timerMillis = NO_TIMER;
  private boolean ended;

  /** The newest time as of which a row or a vector was written; Long.MIN_VALUE: none. */
  long asOfMillis() {
    return asOfMillis;
  }

  /** Whether neither a row nor a vector was written. */
  boolean isNew() {
    return asOfMillis == Long.MIN_VALUE;
  }

  /** The event time of the timer that finds the next change; {@link #NO_TIMER}. */
  long timerMillis() {
    return timerMillis;
  }

  void setTimer(long millis) {
    timerMillis = millis;
  }

  /** Whether the last record of the entity is a tombstone. */
  boolean ended() {
    return ended;
  }

  /** A vector of an event at that time holds the entity's newest features. */
  void vectorAsOf(long millis) {
    asOfMillis = millis;
    ended = false;
  }

  /** No event of the entity counts as of that time, so there is no row. */
  void nothingAsOf(long millis) {
    asOfMillis = millis;
  }

  /** A vector of an event is written that is not newer than the position. */
  void vectorIsOlder() {
    ended = false;
  }

  /**
   * A row or a tombstone is written.
   *
   * @param nowMillis wall clock: rows that were written before a crash, after the checkpoint that
   *     was restored, have smaller sequences
   * @return its sequence
   */
  long written(long millis, boolean tombstone, long nowMillis) {
    asOfMillis = millis;
    ended = tombstone;
    sequence = Math.max(sequence + 1, nowMillis);
    return sequence;
  }

  void write(ByteBuffer bytes) {
    bytes.putLong(asOfMillis).putLong(sequence).putLong(timerMillis).put((byte) (ended ? 1 : 0));
  }

  static FeedPosition read(ByteBuffer bytes) {
    FeedPosition position = new FeedPosition();
    position.asOfMillis = bytes.getLong();
    position.sequence = bytes.getLong();
    position.timerMillis = bytes.getLong();
    position.ended = bytes.get() == 1;
    return position;
  }
}
