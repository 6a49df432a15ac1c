package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.window.TumblingWindows;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecisionTimesTest {
  private static final long WINDOW = 10;

  /** Maturities that are no multiple of a window, too: signals are due between ends of windows. */
  @Test
  void isTheFirstDecisionThatALabelIsKnownAt() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      long lateness = random.nextLong(25);
      long dueAfter = lateness + random.nextLong(40);
      long known = random.nextLong(-100, 100);
      DecisionTimes times = new DecisionTimes(new TumblingWindows(WINDOW), dueAfter, lateness);

      long first = known + lateness; // The watermark at which the label is read.
      while (!isDecision(first + 1, dueAfter)) {
        first++;
      }
      assertThat(times.dueMillis(known))
          .as("known at %d, lateness %d, due after %d", known, lateness, dueAfter)
          .isEqualTo(first);
    }
  }

  /** A window or signal is decided when the watermark has passed the millisecond before. */
  private static boolean isDecision(long millis, long dueAfterMillis) {
    return Math.floorMod(millis, WINDOW) == 0
        || Math.floorMod(millis - dueAfterMillis, WINDOW) == 0;
  }
}
