package dev.millrace.drift.labels;

import java.io.Serializable;
import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Joins predictions and labels by event id, in any order of arrival; at most one outcome per event.
 *
 * <p>A prediction waits for its label until the watermark of labels has passed the prediction's
 * event time plus maturity: all labels up to that time have been read then. A label counts if its
 * own event time is not later than that. A label waits for its prediction until predictions have
 * passed the label's time plus maturity. The decision about an event is kept for one more maturity,
 * so that a repeated or late label is distinguished from a label without a prediction; a label that
 * comes after that is counted as one without a prediction.
 */
public final class LabelJoin implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Upper limit of the time between two checks of a label, unless maturity is longer. */
  private static final long MAX_RECHECK_MILLIS = Duration.ofDays(1).toMillis();

  private final OutcomeBuilder outcomes;
  private final long maturityMillis;
  private final @Nullable Double otherwise;

  /**
   * @param maturity event time for which a prediction waits
   * @param otherwise label to assume at maturity; null: the prediction has no outcome then
   */
  public LabelJoin(OutcomeBuilder outcomes, Duration maturity, @Nullable Double otherwise) {
    this.outcomes = outcomes;
    this.maturityMillis = maturity.toMillis();
    this.otherwise = otherwise;
  }

  /** Joins a prediction; returns the outcome if there is one now. */
  public @Nullable GenericRecord prediction(
      GenericRecord prediction, EventState event, JoinClocks clocks) {
    if (event.decided() != null || event.prediction() != null) {
      event.count(JoinResult.PREDICTIONS_REPEATED);
      return null;
    }
    long matureMillis = matureMillis(prediction);
    Label label = event.label();
    if (label != null) {
      event.label(null);
      if (label.timeMillis() <= matureMillis) {
        return labeled(prediction, label, event);
      }
      event.count(JoinResult.LABELS_TOO_LATE);
    }
    if (matureMillis <= clocks.timersMillis()) {
      return matured(prediction, event, clocks);
    }
    event.prediction(prediction);
    event.timer(matureMillis);
    return null;
  }

  /** Joins a label; returns the outcome if there is one now. */
  public @Nullable GenericRecord label(Label label, EventState event) {
    DecidedEvent decided = event.decided();
    if (decided != null) {
      event.count(decided.labeled() ? JoinResult.LABELS_REPEATED : JoinResult.LABELS_TOO_LATE);
      return null;
    }
    GenericRecord prediction = event.prediction();
    if (prediction != null) {
      if (label.timeMillis() <= matureMillis(prediction)) {
        return labeled(prediction, label, event);
      }
      event.count(JoinResult.LABELS_TOO_LATE);
    } else if (event.label() != null) {
      event.count(JoinResult.LABELS_REPEATED);
    } else {
      event.label(label);
      event.timer(releaseMillis(label));
    }
    return null;
  }

  /** Must be called when a timer of the event fires; returns the outcome if there is one now. */
  public @Nullable GenericRecord timer(long timeMillis, EventState event, JoinClocks clocks) {
    DecidedEvent decided = event.decided();
    if (decided != null) {
      if (timeMillis >= decided.forgetMillis()) {
        event.decided(null);
      }
      return null;
    }
    GenericRecord outcome = null;
    GenericRecord prediction = event.prediction();
    if (prediction != null && timeMillis >= matureMillis(prediction)) {
      outcome = matured(prediction, event, clocks);
    }
    Label label = event.label();
    if (label != null && timeMillis >= releaseMillis(label)) {
      release(label, event, clocks);
    }
    return outcome;
  }

  /**
   * Drops a label if its prediction can no longer come, or sets a timer to check again. The time to
   * the next check grows with the label's age: in a replay, labels can be read long before their
   * predictions, and a check of each of them in every maturity would slow the predictions down.
   */
  private void release(Label label, EventState event, JoinClocks clocks) {
    long nowMillis = clocks.timersMillis();
    if (clocks.predictionsMillis() >= releaseMillis(label)) {
      event.label(null);
      event.count(JoinResult.LABELS_UNMATCHED);
    } else if (nowMillis != Long.MAX_VALUE) { // The end of the labels.
      long ageMillis = Math.min(nowMillis - label.timeMillis(), MAX_RECHECK_MILLIS);
      event.timer(nowMillis + Math.max(maturityMillis, ageMillis));
    }
  }

  private GenericRecord labeled(GenericRecord prediction, Label label, EventState event) {
    decide(prediction, true, event);
    event.count(JoinResult.PREDICTIONS_LABELED);
    return outcomes.observed(prediction, label);
  }

  private @Nullable GenericRecord matured(
      GenericRecord prediction, EventState event, JoinClocks clocks) {
    decide(prediction, false, event);
    if (clocks.labelsMillis() < matureMillis(prediction)) {
      event.count(JoinResult.PREDICTIONS_UNLABELED);
      return null;
    }
    if (otherwise == null) {
      event.count(JoinResult.PREDICTIONS_EXPIRED);
      return null;
    }
    event.count(JoinResult.PREDICTIONS_ASSUMED);
    return outcomes.assumed(prediction, otherwise);
  }

  private void decide(GenericRecord prediction, boolean labeled, EventState event) {
    long forgetMillis = eventTimeMillis(prediction) + 2 * maturityMillis;
    event.prediction(null);
    event.decided(new DecidedEvent(labeled, forgetMillis));
    event.timer(forgetMillis);
  }

  /** Event time for which a prediction waits. */
  public long maturityMillis() {
    return maturityMillis;
  }

  /** Event time up to which a label of the prediction counts. */
  public long matureMillis(GenericRecord prediction) {
    return eventTimeMillis(prediction) + maturityMillis;
  }

  /** Event time of predictions up to which a label is kept. */
  public long releaseMillis(Label label) {
    return label.timeMillis() + maturityMillis;
  }

  private static long eventTimeMillis(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }
}
