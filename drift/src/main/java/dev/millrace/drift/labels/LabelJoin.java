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
    JoinEntry known = event.entry();
    if (known != null && !(known instanceof Label)) {
      event.count(JoinResult.PREDICTIONS_REPEATED);
      return null;
    }
    event.taken(prediction);
    long matureMillis = matureMillis(prediction);
    if (known instanceof Label label) {
      if (label.timeMillis() <= matureMillis) {
        return labeled(prediction, label, event);
      }
      event.count(JoinResult.LABELS_TOO_LATE);
    }
    if (matureMillis <= clocks.timersMillis()) {
      return matured(prediction, event, clocks);
    }
    event.entry(new JoinEntry.Waiting(prediction));
    event.timer(matureMillis);
    return null;
  }

  /** Joins a label; returns the outcome if there is one now. */
  public @Nullable GenericRecord label(Label label, EventState event) {
    JoinEntry known = event.entry();
    if (known instanceof JoinEntry.Waiting waiting) {
      if (label.timeMillis() <= matureMillis(waiting.prediction())) {
        return labeled(waiting.prediction(), label, event);
      }
      event.count(JoinResult.LABELS_TOO_LATE);
    } else if (known instanceof DecidedEvent decided) {
      repeated(decided.label(), label, event);
    } else if (known instanceof Label first) {
      repeated(first.value(), label, event);
    } else {
      event.entry(label);
      event.timer(releaseMillis(label));
    }
    return null;
  }

  /**
   * @param counted value of the label that counts; null: the prediction matured without one
   */
  private static void repeated(@Nullable Double counted, Label label, EventState event) {
    if (counted == null) {
      event.count(JoinResult.LABELS_TOO_LATE);
    } else if (counted != label.value()) {
      event.contradicted(counted, label);
    } else {
      event.count(JoinResult.LABELS_REPEATED);
    }
  }

  /**
   * Must be called when a timer of the event is due; returns the outcome if there is one now. A
   * timer that is no longer needed has no effect.
   */
  public @Nullable GenericRecord timer(long timeMillis, EventState event, JoinClocks clocks) {
    JoinEntry known = event.entry();
    if (known instanceof JoinEntry.Waiting waiting
        && timeMillis >= matureMillis(waiting.prediction())) {
      return matured(waiting.prediction(), event, clocks);
    }
    if (known instanceof Label label && timeMillis >= releaseMillis(label)) {
      release(label, event, clocks);
    }
    return null;
  }

  /**
   * Drops a label if its prediction can no longer come, or sets a timer to check again. The time to
   * the next check grows with the label's age: in a replay, labels can be read long before their
   * predictions, and a check of each of them in every maturity would slow the predictions down.
   */
  private void release(Label label, EventState event, JoinClocks clocks) {
    long nowMillis = clocks.timersMillis();
    if (clocks.predictionsMillis() >= releaseMillis(label)) {
      event.entry(null);
      event.count(JoinResult.LABELS_UNMATCHED);
    } else if (nowMillis != Long.MAX_VALUE) { // The end of the labels.
      long ageMillis = Math.min(nowMillis - label.timeMillis(), MAX_RECHECK_MILLIS);
      event.timer(nowMillis + Math.max(maturityMillis, ageMillis));
    }
  }

  private GenericRecord labeled(GenericRecord prediction, Label label, EventState event) {
    decide(prediction, label.value(), JoinResult.PREDICTIONS_LABELED, event);
    return outcomes.observed(prediction, label);
  }

  private @Nullable GenericRecord matured(
      GenericRecord prediction, EventState event, JoinClocks clocks) {
    if (clocks.labelsMillis() < matureMillis(prediction)) {
      decide(prediction, null, JoinResult.PREDICTIONS_UNLABELED, event);
      return null;
    }
    if (otherwise == null) {
      decide(prediction, null, JoinResult.PREDICTIONS_EXPIRED, event);
      return null;
    }
    decide(prediction, null, JoinResult.PREDICTIONS_ASSUMED, event);
    return outcomes.assumed(prediction, otherwise);
  }

  private void decide(
      GenericRecord prediction, @Nullable Double label, JoinResult result, EventState event) {
    long forgetMillis = eventTimeMillis(prediction) + 2 * maturityMillis;
    event.entry(new DecidedEvent(label, forgetMillis));
    event.deleteAt(forgetMillis);
    event.decided(prediction, result);
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
