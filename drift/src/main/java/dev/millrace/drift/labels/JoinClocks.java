package dev.millrace.drift.labels;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The event-time clocks of predictions and labels, and the time that the join's timers follow.
 * Labels have stalled when they are silent and predictions are more than one maturity ahead of
 * them.
 */
public final class JoinClocks {
  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final long ENDED = Long.MAX_VALUE;

  /** Number of maturities that predictions wait longer while labels are silent. */
  private static final int DROP_AFTER_MATURITIES = 10;

  private final long maturityMillis;
  private final long dropAfterMillis;
  private final LongSupplier nowMillis;
  private long predictionsMillis = UNKNOWN;
  private long firstPredictionsMillis = UNKNOWN;
  private long labelsMillis = UNKNOWN;
  private long timersMillis = UNKNOWN;
  private long stalledMillis = UNKNOWN;
  private boolean silent;
  private long silentSinceMillis;
  private boolean stalled;

  /**
   * @param dropAfter wall-clock time for which labels are silent before predictions are dropped:
   *     after a start, days of predictions can be read before the first label
   * @param nowMillis the wall clock
   */
  public JoinClocks(long maturityMillis, Duration dropAfter, LongSupplier nowMillis) {
    this.maturityMillis = maturityMillis;
    this.dropAfterMillis = dropAfter.toMillis();
    this.nowMillis = nowMillis;
  }

  /**
   * Restores the watermark of labels, which a state contains up to there, and the time that timers
   * had reached. Without it a prediction that matured before would wait for the next label.
   */
  public void restore(long readLabelsMillis, long firedMillis) {
    labelsMillis = readLabelsMillis;
    timersMillis = firedMillis;
  }

  /** Sets the watermark of predictions. */
  public void predictions(long millis) {
    if (firstPredictionsMillis == UNKNOWN) {
      firstPredictionsMillis = millis;
    }
    predictionsMillis = Math.max(predictionsMillis, millis);
  }

  /** Sets the watermark of labels. */
  public void labels(long millis) {
    labelsMillis = Math.max(labelsMillis, millis);
  }

  /** Sets whether the source of labels is silent. */
  public void labelsSilent(boolean silent) {
    if (silent && !this.silent) {
      silentSinceMillis = nowMillis.getAsLong();
    }
    this.silent = silent;
  }

  /**
   * Computes the time that timers follow.
   *
   * @return whether it has moved
   */
  public boolean advance() {
    stalled = silent && behindMillis() > maturityMillis;
    long timeMillis = labelsMillis;
    if (predictionsMillis != UNKNOWN && predictionsMillis != ENDED && silentForLong()) {
      timeMillis = Math.max(timeMillis, predictionsMillis - longestLeadMillis());
      stalledMillis = Math.max(stalledMillis, predictionsMillis - 2 * maturityMillis);
    }
    if (timeMillis <= timersMillis) {
      return false;
    }
    timersMillis = timeMillis;
    return true;
  }

  /** The time that timers follow. */
  public long timersMillis() {
    return timersMillis;
  }

  /** Watermark of predictions. */
  long predictionsMillis() {
    return predictionsMillis;
  }

  /** Watermark of labels: all labels up to it have been read. */
  public long labelsMillis() {
    return labelsMillis;
  }

  /**
   * The time up to which all outcomes have been made that were known then: their predictions and
   * labels have been read, and the timers of assumed labels have fired.
   */
  public long outcomesMillis() {
    return Math.min(predictionsMillis, labelsMillis);
  }

  /** Whether labels have passed more than predictions. */
  public boolean labelsAreAhead() {
    return labelsMillis > predictionsMillis;
  }

  /** Whether predictions have passed more than labels. */
  public boolean predictionsAreAhead() {
    return predictionsMillis > labelsMillis;
  }

  /** Time by which predictions may be ahead of silent labels before they are dropped. */
  public long longestLeadMillis() {
    return DROP_AFTER_MATURITIES * maturityMillis;
  }

  /**
   * Windows of predictions that end up to this time have not matured, although predictions are a
   * maturity past theirs, since labels have been silent for as long as predictions need to be
   * dropped, on the wall clock; Long.MIN_VALUE: there are none. It does not decrease.
   */
  public long stalledMillis() {
    return stalledMillis;
  }

  /** Whether labels had stalled when the clocks last advanced. */
  public boolean stalled() {
    return stalled;
  }

  /** Time by which labels are behind predictions. */
  public long behindMillis() {
    if (predictionsMillis == UNKNOWN) {
      return 0;
    }
    long sinceMillis = labelsMillis == UNKNOWN ? firstPredictionsMillis : labelsMillis;
    return Math.max(0, predictionsMillis - sinceMillis);
  }

  private boolean silentForLong() {
    return silent && nowMillis.getAsLong() - silentSinceMillis >= dropAfterMillis;
  }
}
