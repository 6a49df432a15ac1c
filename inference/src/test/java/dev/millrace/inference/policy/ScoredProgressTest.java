package dev.millrace.inference.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.policy.ScoredProgress.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ScoredProgressTest {
  private static final long NONE_WAITS = Long.MAX_VALUE;

  private final ScoredProgress scored = new ScoredProgress(false);

  @Test
  void nothingIsKnownBeforeProgressWasRead() {
    assertThat(scored.next(50, 0)).isNull();
    scored.read(new Step(Long.MIN_VALUE, false));
    assertThat(scored.next(50, 0)).isNull();
    scored.read(new Step(100, false));
    assertThat(scored.next(50, 0)).isEqualTo(new Step(50, false));
  }

  @Test
  void aLateEventThatWaitsDoesNotTurnItBack() {
    scored.read(new Step(100, false));
    assertThat(scored.next(NONE_WAITS, 0)).isEqualTo(new Step(100, false));
    scored.read(new Step(200, false));
    assertThat(scored.next(70, 200)).isNull();
    assertThat(scored.next(NONE_WAITS, 300)).isEqualTo(new Step(200, false));
  }

  @Test
  void unchangedProgressIsRepeatedWhenItIsReadAgain() {
    scored.read(new Step(100, false));
    assertThat(scored.next(NONE_WAITS, 0)).isNotNull();
    assertThat(scored.next(NONE_WAITS, 60_000)).as("nothing was read").isNull();
    scored.read(new Step(100, false));
    assertThat(scored.next(NONE_WAITS, 4_999)).isNull();
    assertThat(scored.next(NONE_WAITS, 5_000)).isEqualTo(new Step(100, false));
    scored.read(new Step(100, true));
    assertThat(scored.next(NONE_WAITS, 5_099)).as("too soon").isNull();
    assertThat(scored.next(NONE_WAITS, 5_100)).isEqualTo(new Step(100, true));
  }

  @Test
  void aPartitionIsIdleWhenNoEventWaits() {
    scored.read(new Step(100, true));
    assertThat(scored.next(130, 0)).isEqualTo(new Step(100, false));
    assertThat(scored.next(NONE_WAITS, 100)).isEqualTo(new Step(100, true));
  }

  /** The vector of the event that waits would wait for the progress, and the other way round. */
  @Test
  void whereFeaturesWaitForItAPartitionIsIdleBeforeTheEventsThatWait() {
    ScoredProgress aligned = new ScoredProgress(true);
    aligned.read(new Step(100, true));
    assertThat(aligned.next(80, 0)).as("an event before it").isEqualTo(new Step(80, false));
    assertThat(aligned.next(130, 100)).isEqualTo(new Step(100, true));
    ScoredProgress unknown = new ScoredProgress(true);
    unknown.read(new Step(Long.MIN_VALUE, true));
    assertThat(unknown.next(130, 0)).isEqualTo(new Step(Long.MIN_VALUE, true));
  }

  /**
   * The twin knows all events: progress never passes one that is not scored, and reaches the oldest
   * of them.
   */
  @Property(tries = 300)
  void progressIsUpToTheOldestEventThatIsNotScored(@ForAll long seed) {
    Random random = new Random(seed);
    ScoredProgress relay = new ScoredProgress(random.nextBoolean());
    List<Long> waiting = new ArrayList<>();
    long readMillis = 0;
    long passedOn = Long.MIN_VALUE;
    for (int step = 0; step < 200; step++) {
      switch (random.nextInt(3)) {
        case 0 -> waiting.add(readMillis + random.nextInt(30));
        case 1 -> {
          readMillis += random.nextInt(20);
          relay.read(new Step(readMillis, false));
        }
        default -> {
          if (!waiting.isEmpty()) {
            waiting.remove(random.nextInt(waiting.size()));
          }
        }
      }
      long oldest = waiting.stream().mapToLong(Long::longValue).min().orElse(NONE_WAITS);
      Step next = relay.next(oldest, step * 100L);
      passedOn = next == null ? passedOn : next.timeMillis();
      if (passedOn != Long.MIN_VALUE) {
        assertThat(passedOn).isEqualTo(Math.min(oldest, readMillis));
      }
    }
  }
}
