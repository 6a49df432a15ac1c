package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * What one lookup does when its clocks have moved: questions that waited are answered, timers fire,
 * and the time and status of the questions go to the next lookup.
 */
final class LookupProgress {
  private final LookupClocks clocks;
  private final @Nullable WaitingQuestions waiting;
  private final @Nullable SkewCheck skew;
  private final EntityEnds ends;
  private final @Nullable Feed feed;
  private final Output<StreamRecord<Question>> output;
  private boolean idle;

  /**
   * @param waiting null: questions never wait
   * @param skew null: answers are not compared
   * @param feed null: the lookup writes no rows
   */
  LookupProgress(
      LookupClocks clocks,
      @Nullable WaitingQuestions waiting,
      @Nullable SkewCheck skew,
      EntityEnds ends,
      @Nullable Feed feed,
      Output<StreamRecord<Question>> output) {
    this.clocks = clocks;
    this.waiting = waiting;
    this.skew = skew;
    this.ends = ends;
    this.feed = feed;
    this.output = output;
  }

  /**
   * The clocks have moved. Questions are answered before the time that they need is closed. It may
   * change the current key.
   */
  void advance() throws Exception {
    if (waiting != null) {
      waiting.release(clocks.releaseMillis());
    }
    if (skew != null && !clocks.isBackfilling()) {
      skew.advance();
    }
    long beforeMillis = clocks.askedMillis();
    clocks.close(answeredMillis());
    boolean wasIdle = idle;
    idle = clocks.isIdle() && (waiting == null || waiting.isEmpty());
    if (wasIdle && !idle) {
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
    closed(beforeMillis);
    if (idle && !wasIdle) {
      output.emitWatermarkStatus(WatermarkStatus.IDLE);
    }
    if (feed != null && !clocks.isBackfilling()) {
      feed.advance(clocks.newestMillis());
    }
  }

  /** A question waits, so the questions are not idle for the next lookup. */
  void questionWaits() {
    if (idle) {
      idle = false;
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
  }

  /**
   * Passes the time of the questions on while many of them are released by one watermark, as in a
   * fast replay or after a restart: otherwise all of them would wait in the state of the next
   * lookup, too, and so on.
   */
  void answeredUpTo(long timeMillis) throws Exception {
    if (!idle) {
      long beforeMillis = clocks.askedMillis();
      clocks.close(timeMillis);
      closed(beforeMillis);
    }
  }

  private void closed(long beforeMillis) throws Exception {
    ends.advance(clocks.closedMillis());
    if (clocks.askedMillis() > beforeMillis) {
      output.emitWatermark(new Watermark(clocks.askedMillis()));
    }
  }

  /** All questions up to the released time were answered, or during a backfill none that waits. */
  private long answeredMillis() {
    return waiting != null && clocks.isBackfilling() ? waiting.oldestMillis() - 1 : Long.MAX_VALUE;
  }
}
