package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UnansweredTest {
  private static final long FIRST_OF_PARTITION_1 = 5_000;

  private record Event(int partition, long offset) {}

  /**
   * The twin keeps sets of all events; events and vectors come in any order, vectors repeatedly.
   */
  @Property(tries = 200)
  void countsTheSameEventsAsSets(@ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int n) {
    Random random = new Random(seed);
    Unanswered unanswered = new Unanswered(Map.of(1, FIRST_OF_PARTITION_1));
    Set<Event> asked = new HashSet<>();
    Set<Event> answered = new HashSet<>();
    Set<Event> due = new HashSet<>();
    for (int i = 0; i < n; i++) {
      Event event = new Event(random.nextInt(2), random.nextInt(12_000));
      boolean counts = event.partition == 0 || event.offset >= FIRST_OF_PARTITION_1;
      int what = random.nextInt(20);
      if (what == 0) {
        unanswered.mark();
        due = new HashSet<>(asked);
      } else if (what < 11 && !asked.contains(event)) {
        unanswered.asked(event.partition, event.offset);
        asked.addAll(counts ? Set.of(event) : Set.of());
      } else if (!answered.contains(event) || asked.contains(event)) {
        unanswered.answered(event.partition, event.offset);
        answered.addAll(counts ? Set.of(event) : Set.of());
      }
      assertThat(unanswered.count()).isEqualTo(without(asked, answered));
      assertThat(unanswered.due()).isEqualTo(without(due, answered));
    }
  }

  private static long without(Set<Event> events, Set<Event> answered) {
    return events.stream().filter(event -> !answered.contains(event)).count();
  }

  @Test
  void aNewEventIsNotDueUntilTheNextMark() {
    Unanswered unanswered = new Unanswered(Map.of());
    List<Long> offsets = new ArrayList<>(List.of(0L, 4_095L, 4_096L, 3_000_000_000L));
    offsets.forEach(offset -> unanswered.asked(3, offset));
    unanswered.mark();
    unanswered.asked(3, 7);
    Collections.shuffle(offsets, new Random(1));
    offsets.forEach(offset -> unanswered.answered(3, offset));

    assertThat(unanswered.due()).isZero();
    assertThat(unanswered.count()).isOne();
  }
}
