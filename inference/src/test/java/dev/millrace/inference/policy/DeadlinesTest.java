package dev.millrace.inference.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final Duration WAIT = Duration.ofDays(7);

  private final Set<Long> waiting = new HashSet<>();
  private final Deadlines deadlines = new Deadlines(WAIT, waiting::contains);

  @Test
  void aLongWaitKeepsNoEntriesOfScoredEvents() {
    waiting.add(0L);
    add(0);
    for (long offset = 1; offset < 50_000; offset++) {
      waiting.add(offset);
      add(offset);
      waiting.remove(offset);
    }

    assertThat(deadlines.size()).isLessThanOrEqualTo(1_001);
    long end = WAIT.toMillis();
    assertThat(deadlines.poll(end - 1)).isEmpty();
    assertThat(deadlines.poll(end)).isEqualTo(OptionalLong.of(0));
  }

  @Test
  void dueEventsComeFirst() {
    add(0);
    deadlines.addDue(5);

    assertThat(deadlines.poll(0)).isEqualTo(OptionalLong.of(5));
    assertThat(deadlines.poll(0)).isEmpty();
  }

  private void add(long offset) {
    deadlines.add(offset, new WaitStart(0, 0));
  }
}
