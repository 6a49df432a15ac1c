package dev.millrace.inference.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.policy.HeldProgress.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HeldProgressTest {
  private static final long NONE_WAITS = Long.MAX_VALUE;

  private final HeldProgress held = new HeldProgress();

  @Test
  void progressWaitsForTheEventsBeforeIt() {
    held.add(new Step(3, 100, false));
    held.add(new Step(7, 200, false));
    held.add(new Step(9, 300, true));

    assertThat(held.release(2, 0)).isNull();
    assertThat(held.release(3, 0)).as("an event has the offset").isNull();
    assertThat(held.release(8, 0)).isEqualTo(new Step(7, 200, false));
    assertThat(held.release(8, 0)).isNull();
    assertThat(held.release(NONE_WAITS, 0)).isEqualTo(new Step(9, 300, true));
  }

  @Test
  void unchangedProgressIsRepeatedFromTimeToTime() {
    held.add(new Step(3, 100, false));
    assertThat(held.release(NONE_WAITS, 0)).isNotNull();
    held.add(new Step(4, 100, false));
    assertThat(held.release(NONE_WAITS, 4_999)).isNull();
    held.add(new Step(5, 100, false));
    assertThat(held.release(NONE_WAITS, 5_000)).isEqualTo(new Step(5, 100, false));
    held.add(new Step(6, 100, true));
    assertThat(held.release(NONE_WAITS, 5_001)).as("it became idle").isNotNull();
  }

  @Test
  void repeatedProgressIsNotHeldBackByLaterEvents() {
    held.add(new Step(3, 100, false));
    held.add(new Step(9, 100, false));
    assertThat(held.release(5, 0))
        .as("an event after the first")
        .isEqualTo(new Step(3, 100, false));
    assertThat(held.release(NONE_WAITS, 0)).isNull();
  }

  @Test
  void thereIsABoundOfWhatIsHeld() {
    for (int offset = 0; offset < 10 * HeldProgress.MOST; offset++) {
      held.add(new Step(offset, offset, false));
    }
    assertThat(held.release(500, 0)).isEqualTo(new Step(499, 499, false));
    int last = 10 * HeldProgress.MOST - 1;
    assertThat(held.release(last, 0)).isEqualTo(new Step(998, 998, false));
    assertThat(held.release(NONE_WAITS, 0)).isEqualTo(new Step(last, last, false));
  }

  /** The twin keeps every step. */
  @Property(tries = 200)
  void theNewestProgressWithoutAWaitingEventBeforeItIsPassedOn(@ForAll long seed) {
    Random random = new Random(seed);
    HeldProgress queue = new HeldProgress();
    List<Step> all = new ArrayList<>();
    long passedOn = -1;
    for (int offset = 0; offset < 200; offset++) {
      Step step = new Step(offset, offset, false);
      all.add(step);
      queue.add(step);
      if (random.nextInt(4) == 0) {
        long oldest = passedOn + 1 + random.nextInt(10);
        Step expected = null;
        for (Step each : all) {
          expected = each.offset() < oldest && each.offset() > passedOn ? each : expected;
        }
        Step released = queue.release(oldest, 0);
        assertThat(released).isEqualTo(expected);
        passedOn = released == null ? passedOn : released.offset();
      }
    }
  }
}
