package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ProgressTrackerTest {
  private final ProgressTracker tracker = new ProgressTracker();

  @Test
  void isUnknownUntilEachArrivalPartitionHasHadARecord() {
    take(0, 3, 100, false);
    take(2, 3, 50, true);
    assertThat(tracker.timeMillis()).isEqualTo(Progress.NONE);
    assertThat(tracker.idle()).isFalse();

    take(1, 3, 70, false);
    assertThat(tracker.timeMillis()).isEqualTo(70);
  }

  @Test
  void anArrivalPartitionWithoutATimeHoldsBackUnlessItIsIdle() {
    take(0, 2, 100, false);
    take(1, 2, Progress.NONE, false);
    assertThat(tracker.timeMillis()).isEqualTo(Progress.NONE);

    take(1, 2, Progress.NONE, true);
    assertThat(tracker.timeMillis()).isEqualTo(100);
  }

  @Test
  void leavesOutIdleArrivalPartitionsAndNeverGoesBack() {
    take(0, 2, 100, false);
    take(1, 2, 40, true);
    assertThat(tracker.timeMillis()).isEqualTo(100);

    take(1, 2, 40, false);
    assertThat(tracker.timeMillis()).isEqualTo(100);
    take(0, 2, 200, false);
    assertThat(tracker.timeMillis()).isEqualTo(100);
    take(1, 2, 150, false);
    assertThat(tracker.timeMillis()).isEqualTo(150);
  }

  @Test
  void reachesTheNewestTimeWhenAllAreIdleInWhateverOrderTheyBecomeIdle() {
    take(0, 2, 100, true);
    take(1, 2, 40, false);
    take(1, 2, 40, true);
    assertThat(tracker.idle()).isTrue();
    assertThat(tracker.timeMillis()).isEqualTo(100);
  }

  /**
   * The task of partition 1 has not started again after an outage; its events are still to come.
   */
  @Test
  void idleIsNotValidWithoutItsRepetition() {
    tracker.take(new Progress(0, 2, 100, true, 1_000));
    tracker.take(new Progress(1, 2, 90, true, 1_000));
    assertThat(tracker.idle()).isTrue();
    tracker.take(new Progress(0, 2, 150, false, 31_000));
    assertThat(tracker.timeMillis()).isEqualTo(150);

    tracker.take(new Progress(0, 2, 5_000, false, 31_001));
    assertThat(tracker.timeMillis()).isEqualTo(150);
    tracker.take(new Progress(0, 2, 6_000, true, 32_000));
    assertThat(tracker.idle()).isFalse();
    tracker.take(new Progress(1, 2, 200, false, 33_000));
    assertThat(tracker.timeMillis()).isEqualTo(200);
    tracker.take(new Progress(1, 2, 6_000, true, 34_000));
    assertThat(tracker.timeMillis()).isEqualTo(6_000);
    assertThat(tracker.idle()).isTrue();
  }

  @Test
  void aGrownTopicHoldsBackUntilTheNewPartitionHasHadARecord() {
    take(0, 1, 100, false);
    take(0, 2, 200, false);
    take(0, 1, 300, false); // Written by an instance that has not seen the growth.
    assertThat(tracker.timeMillis()).isEqualTo(100);

    take(1, 2, 250, false);
    assertThat(tracker.timeMillis()).isEqualTo(250);
  }

  /** The twin keeps the last record of each arrival partition. */
  @Property(tries = 300)
  void equalsItsTwin(@ForAll("records") List<Progress> records) {
    ProgressTracker tested = new ProgressTracker();
    Map<Integer, Progress> last = new HashMap<>();
    long time = Progress.NONE;
    for (Progress record : records) {
      tested.take(record);
      Progress before = last.get(record.arrival());
      long newest =
          before == null ? record.timeMillis() : Math.max(before.timeMillis(), record.timeMillis());
      last.put(record.arrival(), new Progress(record.arrival(), 3, newest, record.idle(), 0));
      if (last.size() == 3) {
        boolean idle = last.values().stream().allMatch(Progress::idle);
        var times = last.values().stream().filter(each -> idle || !each.idle());
        var millis = times.mapToLong(Progress::timeMillis);
        time = Math.max(time, (idle ? millis.max() : millis.min()).orElseThrow());
        assertThat(tested.idle()).isEqualTo(idle);
      }
      assertThat(tested.timeMillis()).isEqualTo(time);
    }
  }

  @Provide
  Arbitrary<List<Progress>> records() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.longs().between(0, 50).injectDuplicates(0.2),
            Arbitraries.of(true, false))
        .as((arrival, time, idle) -> new Progress(arrival, 3, time, idle, 0))
        .list()
        .ofMaxSize(30);
  }

  private void take(int arrival, int arrivals, long timeMillis, boolean idle) {
    tracker.take(new Progress(arrival, arrivals, timeMillis, idle, 0));
  }
}
