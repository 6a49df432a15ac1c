package dev.millrace.deploy.dataset.rows;

import java.time.Instant;

/**
 * The rows of a data set.
 *
 * @param from the earliest event time
 * @param to the first event time after the period
 * @param recomputed whether the inputs are computed from the events, instead of taken from the
 *     predictions
 * @param completeOnly whether rows whose features were not complete are left out
 * @param unlabelled whether rows without a label are kept
 */
public record Selection(
    Instant from, Instant to, boolean recomputed, boolean completeOnly, boolean unlabelled) {
  /** Whether an event is in the period. */
  public boolean includes(long eventTimeMillis) {
    return eventTimeMillis >= from.toEpochMilli() && eventTimeMillis < to.toEpochMilli();
  }
}
