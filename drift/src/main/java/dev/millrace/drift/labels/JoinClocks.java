package dev.millrace.drift.labels;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far predictions and labels are in event time, and by which time the timers of the join go.
 * Says when labels have stalled: they are silent, and predictions more than a maturity ahead.
 */
final class JoinClocks {
  private static final Logger log = LoggerFactory.getLogger(JoinClocks.class);
  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final long ENDED = Long.MAX_VALUE;

  /** While labels are silent, predictions wait so many maturities more. */
  private static final int GIVE_UP_MATURITIES = 10;

  private final long maturityMillis;
  private final long giveUpAfterMillis;
  private final LongSupplier nowMillis;
  private final boolean logs;
  private long predictionsMillis = UNKNOWN;
  private long firstPredictionsMillis = UNKNOWN;
  private long labelsMillis = UNKNOWN;
  private long timersMillis = UNKNOWN;
  private boolean silent;
  private long silentSinceMillis;
  private boolean stalled;

  /**
   * @param giveUpAfter how long labels are silent, on the wall clock, before predictions are given
   *     up: on a start, predictions of days can be read before the first label is
   * @param nowMillis the wall clock
   * @param logs whether it logs when labels stall; each of the join's tasks has the same clocks
   */
  JoinClocks(
      long maturityMillis,
      Duration giveUpAfter,
      LongSupplier nowMillis,
      MetricGroup metrics,
      boolean logs) {
    this.maturityMillis = maturityMillis;
    this.giveUpAfterMillis = giveUpAfter.toMillis();
    this.nowMillis = nowMillis;
    this.logs = logs;
    metrics.gauge("labels_stalled", (Gauge<Integer>) () -> stalled ? 1 : 0);
    metrics.gauge("labels_behind_millis", (Gauge<Long>) this::behindMillis);
  }

  void predictions(long millis) {
    if (firstPredictionsMillis == UNKNOWN) {
      firstPredictionsMillis = millis;
    }
    predictionsMillis = Math.max(predictionsMillis, millis);
  }

  void labels(long millis) {
    labelsMillis = Math.max(labelsMillis, millis);
  }

  void labelsSilent(boolean silent) {
    if (silent && !this.silent) {
      silentSinceMillis = nowMillis.getAsLong();
    }
    this.silent = silent;
  }

  /**
   * Decides what time it is.
   *
   * @return whether timers are to follow
   */
  boolean advance() {
    judge();
    long time = labelsMillis;
    if (predictionsMillis != UNKNOWN && predictionsMillis != ENDED && silentForLong()) {
      time = Math.max(time, predictionsMillis - giveUpMillis());
    }
    if (time <= timersMillis) {
      return false;
    }
    timersMillis = time;
    return true;
  }

  /** Time by which timers go. */
  long timersMillis() {
    return timersMillis;
  }

  /** Watermark of predictions. */
  long predictionsMillis() {
    return predictionsMillis;
  }

  /** Watermark of labels: each one up to it has been read. */
  long labelsMillis() {
    return labelsMillis;
  }

  /** How far predictions may be ahead of silent labels. */
  long giveUpMillis() {
    return GIVE_UP_MATURITIES * maturityMillis;
  }

  private boolean silentForLong() {
    return silent && nowMillis.getAsLong() - silentSinceMillis >= giveUpAfterMillis;
  }

  private void judge() {
    boolean now = silent && behindMillis() > maturityMillis;
    if (now != stalled && logs) {
      if (now) {
        log.warn(
            "No labels: they are {} ms of event time behind predictions. Predictions stay without an outcome until labels come, at most {} ms. Does the source of labels have events, and does ingest read it?",
            behindMillis(),
            giveUpMillis());
      } else {
        log.info("Labels come again, up to {}.", Instant.ofEpochMilli(labelsMillis));
      }
    }
    stalled = now;
  }

  private long behindMillis() {
    if (predictionsMillis == UNKNOWN) {
      return 0;
    }
    long since = labelsMillis == UNKNOWN ? firstPredictionsMillis : labelsMillis;
    return Math.max(0, predictionsMillis - since);
  }
}
