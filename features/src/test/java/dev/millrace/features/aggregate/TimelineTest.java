package dev.millrace.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long DISORDER = 500;
  private static final long START = 1_700_000_000_123L;

  /** As the README states it: 0.8 %. */
  private static final double QUANTILE_ERROR = 1.0 / 129;

  private long added;

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

  @Property(tries = 100)
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
      assertSame(
          plan, add(timeline, time, step.values(), watermark), twin.add(time, step.values()));
    }
  }

  /** Questions as of times that are not closed, in any order, after any number of newer events. */
  @Property(tries = 100)
  void answersAsOfAnyTimeThatIsNotClosed(
      @ForAll("plans") Plan plan,
      @ForAll("inBounds") List<Streams.Step> steps,
      @ForAll("questions") List<Long> questions) {
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    long newest = START;
    for (int i = 0; i < steps.size(); i++) {
      Streams.Step step = steps.get(i);
      long time = newest + step.advance();
      newest = Math.max(newest, time);
      long closed = newest - DISORDER;
      timeline = step.restart() ? restart(plan, timeline, closed) : timeline;
      timeline.add(time, i, step.values(), closed);
      twin.add(time, step.values());
      long asOf = closed + questions.get(i % questions.size());
      assertSame(plan, timeline.features(asOf), twin.asOf(asOf));
      assertThat(timeline.newestMillis(asOf)).isEqualTo(twin.newest(asOf));
    }
  }

  /** Times after the closed one; also far beyond the newest event, when windows have emptied. */
  @Provide
  Arbitrary<List<Long>> questions() {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(0, DISORDER), Arbitraries.longs().between(0, 100_000))
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  /**
   * Late events count for all later events that are not late; their own features never include a
   * newer event.
   */
  @Property(tries = 100)
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
      @Nullable Object[] row = add(timeline, time, step.values(), watermark);
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
        long from = plan.isUnbounded() ? Long.MIN_VALUE : output.window().tail(time) - hop;
        long atMost = twin.window(output.slot(), from, time).size();
        assertThat((Long) row[i]).isBetween(values[output.slot()] == null ? 0L : 1L, atMost);
      }
    }
  }

  private static Timeline restart(Plan plan, Timeline timeline, long watermark) {
    return Timeline.read(plan, timeline.toBytes(watermark));
  }

  /** Adds an event after all others of its time, and returns the features as of it. */
  private @Nullable Object[] add(
      Timeline timeline, long time, @Nullable Object[] values, long closed) {
    timeline.add(time, added++, values, closed);
    return timeline.features(time);
  }

  private static void assertSame(Plan plan, @Nullable Object[] row, @Nullable Object[] expected) {
    for (int i = 0; i < row.length; i++) {
      Plan.Output output = plan.outputs().get(i);
      double tolerance =
          switch (output.operation()) {
            case STDDEV -> 1.5e-14;
            case VARIANCE -> 3e-14;
            case P -> QUANTILE_ERROR;
            default -> 0;
          };
      if (tolerance > 0 && expected[i] != null) {
        double value = (Double) Objects.requireNonNull(expected[i]);
        assertThat((Double) row[i])
            .as(output.toString())
            .isCloseTo(clamped(output, value), within(tolerance * Math.abs(value) * (1 + 1e-12)));
      } else {
        assertThat(row[i]).as(output.toString()).isEqualTo(expected[i]);
      }
    }
  }

  /** The bounds of the sketch: smaller numbers count as 0, larger ones as 2^64. */
  private static double clamped(Plan.Output output, double value) {
    if (output.operation() != Operation.P || value == 0) {
      return value;
    }
    double magnitude = Math.abs(value);
    return magnitude < 0x1p-40 ? 0 : Math.copySign(Math.min(magnitude, 0x1p64), value);
  }

  /**
   * 50,000 events a few milliseconds apart, without a watermark: exact in order, bounded in size.
   */
  @Test
  void aBusyEntityStaysSmallAndExactInOrder() {
    Window longWindow = Window.sliding(600_000);
    List<Plan.Output> outputs = new ArrayList<>();
    for (Operation operation :
        List.of(Operation.SUM, Operation.STDDEV, Operation.MAX, Operation.LAST)) {
      outputs.add(new Plan.Output(operation, 0, Window.sliding(60_000)));
      outputs.add(new Plan.Output(operation, 0, longWindow));
    }
    Plan plan = new Plan(outputs, false);
    Timeline timeline = new Timeline(plan);
    Random random = new Random(1);
    long time = START;
    double sum = 0;
    int most = 0;
    for (int i = 0; i < 50_000; i++) {
      time += random.nextInt(5);
      double value = random.nextInt(100);
      sum += value;
      @Nullable Object[] row = add(timeline, time, new @Nullable Object[] {value}, Long.MIN_VALUE);
      most = Math.max(most, timeline.size());
      assertThat(row[1]).isEqualTo(sum);
    }
    assertThat(most).isLessThanOrEqualTo(2 * TileCompaction.MAX_TILES);
    assertThat(timeline.toBytes(time)).hasSizeLessThan(10_000);
  }

  @Test
  void aWatermarkFarBehindDoesNotLetAnEntityGrow() {
    Plan plan = Streams.plan(Window.sliding(600), Window.sliding(1_000_000_000));
    Timeline timeline = new Timeline(plan);
    long time = START;
    int most = 0;
    for (int i = 0; i < 30_000; i++) {
      time += 1000;
      add(timeline, time, new @Nullable Object[] {1.0, "x", 1L, true}, Long.MIN_VALUE);
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
    Window minute = Window.sliding(60_000);
    Plan plan = new Plan(List.of(new Plan.Output(Operation.COUNT, 0, minute)), false);
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    @Nullable Object[] value = {1.0};
    long ahead = START + 730L * 24 * 3_600_000;
    assertThat(add(timeline, ahead, value, START)).isEqualTo(twin.add(ahead, value));
    for (int i = 0; i < 6_000; i++) {
      long time = START + 1000L * i;
      assertThat(add(timeline, time, value, START)).isEqualTo(twin.add(time, value));
    }
    assertThat(timeline.size()).isLessThanOrEqualTo(2 * TileCompaction.MAX_TILES);
  }

  @Test
  void keepsNothingWhenNoWindowContainsAnEvent() {
    Plan plan = Streams.plan(Window.sliding(60_000));
    Timeline timeline = new Timeline(plan);
    add(timeline, START, new @Nullable Object[] {1.0, null, null, null}, START);

    timeline = restart(plan, timeline, START + 60_000);
    assertThat(timeline.size()).isOne();
    timeline = restart(plan, timeline, START + plan.retentionMillis());
    assertThat(timeline.size()).isZero();
    assertThat(timeline.newestMillis(START + plan.retentionMillis())).isEqualTo(START);
  }

  @Test
  void nanInfiniteAndHugeNumbersDoNotCount() {
    Timeline timeline = new Timeline(Streams.plan(Window.sliding(60_000)));
    @Nullable Object[] alone =
        add(timeline, START, new @Nullable Object[] {2.0, null, null, null}, START);
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
      @Nullable Object[] row =
          add(timeline, START, new @Nullable Object[] {value, null, null, null}, START);
      assertThat(row).isEqualTo(alone);
    }
  }

  @Test
  void theTailIsRoundedDownToTheHop() {
    Window hour = Window.sliding(3_600_000);
    assertThat(hour.hopMillis()).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 + 60_000)).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 + 119_999)).isEqualTo(60_000);
    assertThat(hour.tail(3_600_000 - 1)).isEqualTo(-60_000);
    assertThat(Window.sliding(59).hopMillis()).isEqualTo(1);
    assertThat(hour.tail(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void rejectsStateOfAnotherFormat() {
    assertThatThrownBy(() -> Timeline.read(Streams.plan(Window.sliding(1)), new byte[] {9}))
        .hasMessageContaining("format 9");
  }
}
