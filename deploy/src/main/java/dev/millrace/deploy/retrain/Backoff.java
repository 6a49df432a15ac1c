package dev.millrace.deploy.retrain;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pauses between the calls of a trigger: 1 s, doubled after each failure up to 5 minutes, each
 * shortened by up to a half at random, so that several pipelines do not call a receiver that starts
 * again at the same moment.
 *
 * @param random of the shortening
 */
record Backoff(RandomGenerator random) {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** Beyond this number of doublings the longest pause is reached. */
  private static final int DOUBLINGS = 9;

  /**
   * The pause after a failure.
   *
   * @param failures in a row, from 1
   * @param atLeast what the receiver asks for; null: nothing
   */
  Duration after(int failures, @Nullable Duration atLeast) {
    long millis = FIRST.toMillis() << Math.min(failures - 1, DOUBLINGS);
    long most = Math.min(millis, LONGEST.toMillis());
    Duration pause = Duration.ofMillis(random.nextLong(most / 2, most + 1));
    return atLeast == null || atLeast.compareTo(pause) < 0 ? pause : atLeast;
  }
}
