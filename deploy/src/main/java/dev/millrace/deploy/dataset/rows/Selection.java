package dev.millrace.deploy.dataset.rows;

import java.time.Instant;

/**
 * The rows of a data set.
 *
 * @param from the earliest event time
 * @param to the first event time after the period
 * @param completeOnly whether rows whose features were not complete are left out
 * @param unlabelled whether rows without a label are kept
 */
public record Selection(Instant from, Instant to, boolean completeOnly, boolean unlabelled) {
  boolean includes(long eventTimeMillis) {
    return eventTimeMillis >= from.toEpochMilli() && eventTimeMillis < to.toEpochMilli();
  }
}
