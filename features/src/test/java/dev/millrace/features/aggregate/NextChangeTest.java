package dev.millrace.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The next change of a timeline, against every millisecond of the naive twin. */
class NextChangeTest {
  private static final long DISORDER = 100;
  private static final long START = 1_700_000_000_123L;

  /** A plan of short windows, and steps that are close together, so that each time can be tried. */
  @Provide
  Arbitrary<Plan> shortPlans() {
    Arbitrary<Window> sliding = Arbitraries.of(1L, 7L, 60L, 130L, 400L).map(Window::sliding);
    Arbitrary<Window> fixed = Arbitraries.of(1L, 9L, 250L).map(Window::fixed);
    Arbitrary<Window> unbounded = Arbitraries.just(Window.unbounded());
    return Arbitraries.frequencyOf(Tuple.of(4, sliding), Tuple.of(2, fixed), Tuple.of(1, unbounded))
        .set()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(windows -> Streams.plan(windows.toArray(Window[]::new)));
  }

  @Provide
  Arbitrary<List<Streams.Step>> closeSteps() {
    return Streams.steps(DISORDER, false)
        .map(steps -> steps.stream().limit(40).map(NextChangeTest::close).toList());
  }

  private static Streams.Step close(Streams.Step step) {
    long advance = step.advance() > 400 ? step.advance() % 400 : step.advance();
    return new Streams.Step(advance, step.number(), step.text(), step.integer(), step.restart());
  }

  @Property(tries = 100)
  void isTheFirstTimeAtWhichAWindowContainsOtherEvents(
      @ForAll("shortPlans") Plan plan,
      @ForAll("closeSteps") List<Streams.Step> steps,
      @ForAll @LongRange(min = 0, max = 600) long later) {
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    long newest = START;
    long closed = Long.MIN_VALUE;
    for (int i = 0; i < steps.size(); i++) {
      Streams.Step step = steps.get(i);
      long time = newest + step.advance();
      newest = Math.max(newest, time);
      closed = newest - DISORDER;
      timeline = step.restart() ? Timeline.read(plan, timeline.toBytes(closed)) : timeline;
      timeline.add(time, i, step.values(), closed);
      twin.add(time, step.values());
    }
    long asOf = closed + later;
    @Nullable Object[] row = timeline.features(asOf);
    List<List<Integer>> contents = twin.contents(asOf);
    long next = timeline.nextChangeMillis(asOf);
    long last = Math.min(next - 1, newest + 1000);
    for (long time = asOf + 1; time <= last; time++) {
      assertThat(twin.contents(time)).isEqualTo(contents);
    }
    assertSameButSince(plan, timeline.features(last), row);
    if (next == Long.MAX_VALUE) {
      assertBoundedWindowsAreEmpty(plan, contents);
    } else {
      assertThat(next).isGreaterThan(asOf);
      assertThat(twin.contents(next)).isNotEqualTo(contents);
    }
  }

  private static void assertSameButSince(
      Plan plan, @Nullable Object[] row, @Nullable Object[] before) {
    for (int i = 0; i < row.length; i++) {
      Operation operation = plan.outputs().get(i).operation();
      if (operation != Operation.SINCE_LAST && operation != Operation.SINCE_PREVIOUS) {
        assertThat(row[i]).as(plan.outputs().get(i).toString()).isEqualTo(before[i]);
      }
    }
  }

  private static void assertBoundedWindowsAreEmpty(Plan plan, List<List<Integer>> contents) {
    for (int i = 0; i < contents.size(); i++) {
      if (!plan.outputs().get(i).window().isUnbounded()) {
        assertThat(contents.get(i)).isEmpty();
      }
    }
  }

  /** From change to change all windows empty, in no more steps than events leave windows. */
  @Property(tries = 50)
  void fromChangeToChangeAllWindowsEmpty(
      @ForAll("shortPlans") Plan plan, @ForAll @IntRange(min = 1, max = 300) int events) {
    Timeline timeline = new Timeline(plan);
    for (int i = 0; i < events; i++) {
      timeline.add(START + 3L * i, i, new @Nullable Object[] {1.0, "x", 1L, true}, START);
    }
    long asOf = START - 1;
    int changes = 0;
    for (long next = timeline.nextChangeMillis(asOf); next != Long.MAX_VALUE; changes++) {
      asOf = next;
      next = timeline.nextChangeMillis(asOf);
    }
    assertThat(asOf).isGreaterThanOrEqualTo(START + 3L * (events - 1));
    assertThat(changes).isLessThanOrEqualTo(events * (1 + plan.windows().size()));
    @Nullable Object[] row = timeline.features(asOf);
    for (int i = 0; i < row.length; i++) {
      Plan.Output output = plan.outputs().get(i);
      if (!output.window().isUnbounded()) {
        assertThat(row[i]).isEqualTo(output.operation().ofNothing());
      }
    }
  }

  @Test
  void neverChangesWithoutAnEventThatCounts() {
    Timeline timeline = new Timeline(Streams.plan(Window.sliding(60_000)));
    assertThat(timeline.nextChangeMillis(START)).isEqualTo(Long.MAX_VALUE);
    timeline.add(START, 0, new @Nullable Object[] {null, null, Double.NaN, null}, START);
    assertThat(timeline.nextChangeMillis(START - 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(timeline.nextChangeMillis(Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE);
  }
}
