package dev.millrace.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long DISORDER = 500;
  private static final long START = 1_700_000_000_123L;

  @Provide
  Arbitrary<List<Streams.Step>> inBounds() {
    return Streams.steps(DISORDER, false);
  }

  @Provide
  Arbitrary<List<Streams.Step>> withLate() {
    return Streams.steps(DISORDER, true);
  }

  @Provide
  Arbitrary<Plan> plans() {
    return Streams.plans();
  }

  @Property(tries = 200)
  void equalsTheNaiveTimeline(
      @ForAll("plans") Plan plan, @ForAll("inBounds") List<Streams.Step> steps) {
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    long newest = START;
    for (Streams.Step step : steps) {
      long time = newest + step.advance();
      newest = Math.max(newest, time);
      long watermark = newest - DISORDER;
      timeline = step.restart() ? restart(plan, timeline, watermark) : timeline;
      assertSame(plan, timeline.add(time, step.values(), watermark), twin.add(time, step.values()));
    }
  }

  /**
   * Late events count for all later events that are not late; their own features never include a
   * newer event.
   */
  @Property(tries = 200)
  void lateEventsCountForOthersAndDoNotIncludeNewerOnes(
      @ForAll("plans") Plan plan, @ForAll("withLate") List<Streams.Step> steps) {
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    long longestHop = plan.windows().stream().mapToLong(Window::hopMillis).max().orElseThrow();
    long newest = START;
    for (Streams.Step step : steps) {
      long time = newest + step.advance();
      newest = Math.max(newest, time);
      long watermark = newest - DISORDER;
      timeline = step.restart() ? restart(plan, timeline, watermark) : timeline;
      @Nullable Object[] row = timeline.add(time, step.values(), watermark);
      @Nullable Object[] expected = twin.add(time, step.values());
      if (time >= watermark) {
        assertSame(plan, row, expected);
      } else {
        assertBounded(plan, row, twin, time, longestHop, step.values());
      }
    }
  }

  private static void assertBounded(
      Plan plan,
      @Nullable Object[] row,
      NaiveTimeline twin,
      long time,
      long hop,
      @Nullable Object[] values) {
    for (int i = 0; i < row.length; i++) {
      Plan.Output output = plan.outputs().get(i);
      if (output.operation() == Operation.COUNT) {
        long atMost = twin.window(output.slot(), output.window().tail(time) - hop, time).size();
        assertThat((Long) row[i]).isBetween(values[output.slot()] == null ? 0L : 1L, atMost);
      }
    }
  }

  private static Timeline restart(Plan plan, Timeline timeline, long watermark) {
    byte[] bytes = timeline.toBytes(watermark);
    return bytes == null ? new Timeline(plan) : Timeline.read(plan, bytes);
  }

  private static void assertSame(Plan plan, @Nullable Object[] row, @Nullable Object[] expected) {
    for (int i = 0; i < row.length; i++) {
      if (plan.outputs().get(i).operation() == Operation.STDDEV && expected[i] != null) {
        double value = (Double) Objects.requireNonNull(expected[i]);
        assertThat((Double) row[i]).isCloseTo(value, within(1e-14 * value));
      } else {
        assertThat(row[i]).as(plan.outputs().get(i).toString()).isEqualTo(expected[i]);
      }
    }
  }

  /**
   * 50,000 events a few milliseconds apart, without a watermark: exact in order, bounded in size.
   */
  @Test
  void aBusyEntityStaysSmallAndExactInOrder() {
    Plan plan = Streams.plan(new Window(60_000), new Window(600_000));
    Timeline timeline = new Timeline(plan);
    Random random = new Random(1);
    long time = START;
    double sum = 0;
    int most = 0;
    for (int i = 0; i < 50_000; i++) {
      time += random.nextInt(5);
      double value = random.nextInt(100);
      sum += value;
      @Nullable Object[] row =
          timeline.add(time, new @Nullable Object[] {value, "x", 1L}, Long.MIN_VALUE);
      most = Math.max(most, timeline.size());
      int sumOfLongWindow =
          plan.outputs().indexOf(new Plan.Output(Operation.SUM, 0, new Window(600_000)));
      assertThat(row[sumOfLongWindow]).isEqualTo(sum);
    }
    assertThat(most).isLessThanOrEqualTo(2 * TileCompaction.MAX_TILES);
    assertThat(timeline.toBytes(time)).hasSizeLessThan(10_000);
  }

  @Test
  void aWatermarkFarBehindDoesNotLetAnEntityGrow() {
    Plan plan = Streams.plan(new Window(600), new Window(1_000_000_000));
    Timeline timeline = new Timeline(plan);
    long time = START;
    int most = 0;
    for (int i = 0; i < 30_000; i++) {
      time += 1000;
      timeline.add(time, new @Nullable Object[] {1.0, "x", 1L}, Long.MIN_VALUE);
      most = Math.max(most, timeline.size());
    }
    assertThat(most).isLessThanOrEqualTo(2 * TileCompaction.MAX_TILES);
  }

  /**
   * A busy entity far ahead of the watermark has one event with a time two years ahead. The others
   * keep their tiles and their detail.
   */
  @Test
  void oneEventFarAheadKeepsTheDetailOfTheOthers() {
    Window minute = new Window(60_000);
    Plan plan = new Plan(List.of(new Plan.Output(Operation.COUNT, 0, minute)));
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    @Nullable Object[] value = {1.0};
    long ahead = START + 730L * 24 * 3_600_000;
    assertThat(timeline.add(ahead, value, START)).isEqualTo(twin.add(ahead, value));
    for (int i = 0; i < 6_000; i++) {
      long time = START + 1000L * i;
      assertThat(timeline.add(time, value, START)).isEqualTo(twin.add(time, value));
    }
    assertThat(timeline.size()).isLessThanOrEqualTo(2 * TileCompaction.MAX_TILES);
  }

  @Test
  void keepsNothingWhenNoWindowContainsAnEvent() {
    Plan plan = Streams.plan(new Window(60_000));
    Timeline timeline = new Timeline(plan);
    timeline.add(START, new @Nullable Object[] {1.0, null, null}, START);

    assertThat(timeline.toBytes(START + 60_000)).isNotNull();
    assertThat(timeline.toBytes(START + plan.retentionMillis())).isNull();
    assertThat(timeline.size()).isZero();
  }

  @Test
  void nanInfiniteAndHugeNumbersDoNotCount() {
    Timeline timeline = new Timeline(Streams.plan(new Window(60_000)));
    timeline.add(START, new @Nullable Object[] {2.0, null, null}, START);
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
      @Nullable Object[] row =
          timeline.add(START, new @Nullable Object[] {value, null, null}, START);
      assertThat(row).startsWith(1L, 2.0, 2.0, 2.0, 2.0, 0.0, 2.0);
    }
  }

  @Test
  void theTailIsRoundedDownToTheHop() {
    Window hour = new Window(3_600_000);
    assertThat(hour.hopMillis()).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 + 60_000)).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 + 119_999)).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 - 1)).isEqualTo(-60_000);
    assertThat(new Window(59).hopMillis()).isEqualTo(1);
    assertThat(hour.tail(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void rejectsStateOfAnotherFormat() {
    assertThatThrownBy(() -> Timeline.read(Streams.plan(new Window(1)), new byte[] {9}))
        .hasMessageContaining("format 9");
  }
}
