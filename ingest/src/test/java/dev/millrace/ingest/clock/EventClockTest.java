package dev.millrace.ingest.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Guarantee;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private static final Duration LATENESS = Duration.ofMinutes(5);
  private static final long START_MILLIS = Instant.parse("2023-05-01T00:00:00Z").toEpochMilli();
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  /** The saved state; it is kept when a clock is replaced. */
  private static final class MemoryState implements EventClock.State {
    private byte @Nullable [] saved;

    @Override
    public byte @Nullable [] load() {
      return saved;
    }

    @Override
    public void save(byte[] state) {
      saved = state;
    }
  }

  sealed interface Step {
    /**
     * @param gapMillis how far this event advances the good times
     * @param behindMillis how far this event is behind the newest good one
     */
    record Good(long gapMillis, long behindMillis) implements Step {}

    /**
     * @param again whether this is the previous event, sent again
     */
    record Wrong(long offMillis, boolean again) implements Step {}

    record Restart() implements Step {}
  }

  /**
   * With at most two wrong times in a row, no event within the lateness of the newest good event is
   * late, and the clock follows three good events in a row.
   */
  @Property(tries = 500)
  void twoWrongTimesInARowMakeNoRightEventLate(
      @ForAll("steps") @Size(max = 200) List<Step> steps, @ForAll boolean live) {
    MemoryState state = new MemoryState();
    long[] wall = {live ? START_MILLIS : START_MILLIS + 100_000 * HOUR_MILLIS};
    EventClock clock = clock(state, () -> Instant.ofEpochMilli(wall[0]));
    long newestGood = START_MILLIS;
    List<Long> goodInARow = new ArrayList<>();
    int wrongInARow = 0;
    int id = 0;
    for (int offset = 0; offset < steps.size(); offset++) {
      Step step = steps.get(offset);
      if (step instanceof Step.Restart) {
        clock = clock(state, () -> Instant.ofEpochMilli(wall[0]));
      } else if (step instanceof Step.Wrong wrong && wrongInARow < 2) {
        wrongInARow++;
        goodInARow.clear();
        id += wrong.again ? 0 : 1;
        clock.judge("p" + id, Math.max(1, newestGood + wrong.offMillis), offset);
      } else if (step instanceof Step.Good good) {
        wrongInARow = 0;
        long before = newestGood;
        long time = newestGood + good.gapMillis - good.behindMillis;
        newestGood = Math.max(newestGood, time);
        wall[0] = Math.max(wall[0], time);
        goodInARow.add(time);
        Lateness lateness = clock.judge("p" + ++id, time, offset);
        if (time >= before - LATENESS.toMillis()) {
          assertThat(lateness.late()).isFalse();
        }
        assertThat(lateness.clockMillis()).isLessThanOrEqualTo(newestGood);
        if (goodInARow.size() >= 3) {
          assertThat(lateness.clockMillis())
              .isGreaterThanOrEqualTo(
                  goodInARow.subList(goodInARow.size() - 3, goodInARow.size()).stream()
                      .min(Long::compare)
                      .orElseThrow());
        }
      }
    }
  }

  @Test
  void theClockIsNeverAheadOfTheWallClock() {
    EventClock clock = clock(new MemoryState(), () -> Instant.ofEpochMilli(START_MILLIS));
    for (int i = 0; i < 5; i++) {
      assertThat(clock.judge("p" + i, START_MILLIS + HOUR_MILLIS, i).clockMillis())
          .isEqualTo(i < 2 ? 0 : START_MILLIS);
    }
    assertThat(clock.judge("now", START_MILLIS, 5).late()).isFalse();
  }

  /** The state of a version that saved only the newest event time. */
  @Test
  void stateOfAnEarlierVersionIsRead() {
    MemoryState state = new MemoryState();
    state.save(ByteBuffer.allocate(Long.BYTES).putLong(START_MILLIS).array());
    EventClock clock = clock(state, () -> Instant.ofEpochMilli(START_MILLIS));
    assertThat(clock.judge("p", START_MILLIS - HOUR_MILLIS, 7))
        .isEqualTo(new Lateness(true, START_MILLIS));
  }

  @Test
  void anEventSentThreeTimesCountsOnce() {
    EventClock clock =
        clock(new MemoryState(), () -> Instant.ofEpochMilli(START_MILLIS + HOUR_MILLIS));
    for (int i = 0; i < 3; i++) {
      clock.judge("good" + i, START_MILLIS, i);
    }
    for (int i = 3; i < 9; i++) {
      assertThat(clock.judge("mistyped", START_MILLIS + HOUR_MILLIS, i).clockMillis())
          .isEqualTo(START_MILLIS);
    }
  }

  /** The producers' topic was deleted and created again: its offsets start at 0. */
  @Test
  void oldEventsOfARecreatedTopicAreLate() {
    MemoryState state = new MemoryState();
    EventClock before = clock(state, () -> Instant.ofEpochMilli(START_MILLIS + 30 * HOUR_MILLIS));
    for (int i = 0; i < 5; i++) {
      before.judge("p" + i, START_MILLIS + 24 * HOUR_MILLIS, 1_000 + i);
    }
    EventClock after = clock(state, () -> Instant.ofEpochMilli(START_MILLIS + 30 * HOUR_MILLIS));
    assertThat(after.judge("old", START_MILLIS, 0).late()).isTrue();
    assertThat(after.judge("new", START_MILLIS + 24 * HOUR_MILLIS, 1).late()).isFalse();
  }

  /** Every third event is far behind: no three in a row reach a newer time. */
  @Test
  void theLagShowsThatTheClockDoesNotAdvance() {
    EventClock clock =
        clock(new MemoryState(), () -> Instant.ofEpochMilli(START_MILLIS + 30 * HOUR_MILLIS));
    for (int i = 0; i < 3_000; i++) {
      clock.judge("p" + i, i % 3 == 2 ? START_MILLIS : START_MILLIS + i * 1_000L, i);
    }
    assertThat(clock.lagMillis()).isBetween(2_990_000L, 3_000_000L);
    for (int i = 3_000; i < 6_000; i++) {
      clock.judge("p" + i, START_MILLIS + HOUR_MILLIS, i);
    }
    assertThat(clock.lagMillis()).isZero();
  }

  /** An event exactly at the progress may still come: the bound is exclusive. */
  @Test
  void theProgressIsTheEarliestTimeOfAnEventThatIsNotLate() {
    MemoryState state = new MemoryState();
    EventClock clock = clock(state, () -> Instant.ofEpochMilli(START_MILLIS + HOUR_MILLIS));
    assertThat(clock.progressMillis(clock.millis())).isEqualTo(EventClock.NO_PROGRESS);
    for (int i = 0; i < 3; i++) {
      clock.judge("p" + i, START_MILLIS, i);
    }
    long progress = clock.progressMillis(clock.millis());
    assertThat(progress).isEqualTo(START_MILLIS - LATENESS.toMillis());
    assertThat(clock.judge("at", progress, 3).late()).isFalse();
    assertThat(clock.judge("before", progress - 1, 4).late()).isTrue();
  }

  @Test
  void aPromiseOfTheProducerIsTheProgressButNeverBeyondTheWallClock() {
    MemoryState state = new MemoryState();
    EventClock clock = clock(state, () -> Instant.ofEpochMilli(START_MILLIS + HOUR_MILLIS));
    clock.promise(START_MILLIS, 0);
    assertThat(clock.progressMillis(clock.millis())).isEqualTo(START_MILLIS);
    clock.promise(START_MILLIS - 7, 1);
    assertThat(clock.progressMillis(clock.millis())).isEqualTo(START_MILLIS);
    clock.promise(START_MILLIS + HOUR_MILLIS, 2);
    assertThat(clock.millis()).isEqualTo(START_MILLIS + HOUR_MILLIS);

    EventClock after = clock(state, () -> Instant.ofEpochMilli(START_MILLIS + HOUR_MILLIS));
    assertThat(after.millis()).isEqualTo(clock.millis());
  }

  /** Records that are read again are not judged, so that they may be before the clock. */
  @Test
  void theProgressIsUnknownWhileRecordsAreReadAgain() {
    MemoryState state = new MemoryState();
    InstantSource wall = () -> Instant.ofEpochMilli(START_MILLIS + HOUR_MILLIS);
    EventClock before = new EventClock(state, LATENESS, Guarantee.AT_LEAST_ONCE, wall);
    for (int i = 0; i < 5; i++) {
      before.judge("p" + i, START_MILLIS, i);
    }
    for (boolean byReading : new boolean[] {true, false}) {
      EventClock again = new EventClock(state, LATENESS, Guarantee.AT_LEAST_ONCE, wall);
      again.read(3);
      assertThat(again.progressMillis(again.millis())).isEqualTo(EventClock.NO_PROGRESS);
      if (byReading) {
        again.read(4);
      } else {
        again.readToEnd();
      }
      assertThat(again.progressMillis(again.millis()))
          .isEqualTo(START_MILLIS - LATENESS.toMillis());
    }
  }

  private static EventClock clock(MemoryState state, InstantSource wall) {
    return new EventClock(state, LATENESS, Guarantee.EXACTLY_ONCE, wall);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> gap =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 10_000),
            Arbitraries.longs().between(0, 1000 * HOUR_MILLIS));
    Arbitrary<Step> good =
        Combinators.combine(gap, Arbitraries.longs().between(0, HOUR_MILLIS / 6))
            .as(Step.Good::new);
    Arbitrary<Step> wrong =
        Combinators.combine(
                Arbitraries.longs().between(-20_000 * HOUR_MILLIS, 20_000 * HOUR_MILLIS),
                Arbitraries.of(true, false))
            .as(Step.Wrong::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, good), Tuple.of(4, wrong), Tuple.of(1, Arbitraries.of(new Step.Restart())))
        .list();
  }
}
