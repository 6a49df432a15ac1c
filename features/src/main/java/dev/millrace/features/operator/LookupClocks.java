package dev.millrace.features.operator;

/**
 * The clocks of one lookup in event time, from the watermarks of its two inputs: the questions and
 * the events of its view's source. They are unknown (Long.MIN_VALUE) until the first watermark,
 * also after a restart.
 */
final class LookupClocks {
  private final boolean ofScored;
  private final boolean align;
  private final long delayMillis;
  private long questionsMillis = Long.MIN_VALUE;
  private long eventsMillis = Long.MIN_VALUE;
  private boolean questionsIdle;
  private boolean eventsIdle;
  private long askedMillis = Long.MIN_VALUE;
  private long closedMillis = Long.MIN_VALUE;
  private boolean backfilling;
  private boolean queued;
  private long backfillMillis = Long.MIN_VALUE;

  /**
   * @param ofScored whether events and questions come from the same source, so that events come by
   *     both inputs
   * @param align whether questions wait
   * @param delayMillis event time after which an event of the view's source counts
   * @param backfilling whether questions wait until {@link #endBackfill}
   * @param queued whether they wait until {@link #endQueue}
   */
  LookupClocks(
      boolean ofScored, boolean align, long delayMillis, boolean backfilling, boolean queued) {
    this.ofScored = ofScored;
    this.align = align;
    this.delayMillis = delayMillis;
    this.backfilling = backfilling;
    this.queued = queued;
  }

  /** The watermark of the backfill. */
  void backfill(long watermarkMillis) {
    backfillMillis = watermarkMillis;
  }

  /** All events of the backfill were read. */
  void endBackfill() {
    backfilling = false;
  }

  boolean isBackfilling() {
    return backfilling;
  }

  /**
   * All questions that waited at a lookup before this one have come. They bring events of this
   * view, so newer questions waited for them.
   */
  void endQueue() {
    queued = false;
  }

  void questions(long watermarkMillis) {
    questionsMillis = watermarkMillis;
  }

  /** Takes a watermark of the view's source. All events that count before it was read count now. */
  void events(long watermarkMillis) {
    eventsMillis =
        watermarkMillis > Long.MAX_VALUE - delayMillis
            ? Long.MAX_VALUE
            : watermarkMillis + delayMillis;
  }

  void questionsIdle(boolean idle) {
    questionsIdle = idle;
  }

  void eventsIdle(boolean idle) {
    eventsIdle = idle;
  }

  /**
   * Sets {@link #askedMillis} and {@link #closedMillis} after questions were answered. During a
   * backfill what is closed follows the backfill, too, so that its old events are merged as in a
   * job that reads from the beginning.
   *
   * @param answeredMillis the time up to which all questions were answered that have come so far;
   *     Long.MAX_VALUE: all up to {@link #releaseMillis}
   */
  void close(long answeredMillis) {
    long readMillis = align ? Math.min(questionsMillis, releaseMillis()) : questionsMillis;
    long askedNow = Math.min(readMillis, answeredMillis);
    askedMillis = Math.max(askedMillis, askedNow);
    closedMillis =
        Math.max(closedMillis, backfilling ? Math.min(askedNow, backfillMillis) : askedNow);
  }

  /** The time up to which every event of the view's source has been read, but late ones. */
  long passedMillis() {
    return ofScored ? Math.min(eventsMillis, questionsMillis) : eventsMillis;
  }

  /** Whether every event of the view's source up to that time has been read, but late ones. */
  boolean hasPassed(long timeMillis) {
    return passedMillis() >= timeMillis;
  }

  /** Whether the source of the view is idle, so that it passes no time. */
  boolean isStopped() {
    return eventsIdle || (ofScored && questionsIdle);
  }

  /**
   * The time up to which questions need not wait any longer: their source has passed it, or is idle
   * and will not pass it for an unknown time. During a backfill all wait, and after it those that
   * may be newer than a question that is still to come from a lookup before this one.
   */
  long releaseMillis() {
    if (backfilling) {
      return Long.MIN_VALUE;
    }
    if (queued) {
      return questionsMillis;
    }
    if (!align) {
      return Long.MAX_VALUE;
    }
    long events = eventsIdle ? Long.MAX_VALUE : eventsMillis;
    long questions = questionsIdle || !ofScored ? Long.MAX_VALUE : questionsMillis;
    return Math.min(events, questions);
  }

  /** The time up to which all questions were answered, but late ones. It never goes back. */
  long askedMillis() {
    return askedMillis;
  }

  /**
   * The time up to which no question is expected, but late ones, nor an event of a backfill. It
   * never goes back.
   */
  long closedMillis() {
    return closedMillis;
  }

  /** The newest progress of both inputs: an event time that has been reached. */
  long newestMillis() {
    boolean unknown = eventsMillis < Long.MIN_VALUE + delayMillis;
    return Math.max(questionsMillis, unknown ? Long.MIN_VALUE : eventsMillis - delayMillis);
  }

  /**
   * Whether no question is read and none waits before the end of those that were. During a backfill
   * questions wait, also if no watermark has told of them since a restart.
   */
  boolean isIdle() {
    return questionsIdle && !backfilling && !queued && askedMillis >= questionsMillis;
  }

  /** Whether an event of the view's source is behind the watermark of its source. */
  boolean isLateEvent(long timeMillis) {
    return timeMillis <= eventsMillis;
  }

  /** Whether a scored event is behind the watermark of the questions. */
  boolean isLateQuestion(long timeMillis) {
    return timeMillis <= questionsMillis;
  }
}
