package dev.millrace.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Windows with more different values than are kept exactly, and windows that lose them again. */
class ManyValuesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long DISORDER = 2_000;
  private static final int EXACT_DISTINCT = 512;

  /** Four times the standard error of 1.6 %. */
  private static final double DISTINCT_ERROR = 0.065;

  private static Plan plan() {
    List<Plan.Output> outputs = new ArrayList<>();
    for (Window window :
        List.of(Window.sliding(20_000), Window.fixed(50_000), Window.unbounded())) {
      outputs.add(new Plan.Output(Operation.DISTINCT, 0, window));
      outputs.add(new Plan.Output(Operation.TOP, "1", 0, window));
      outputs.add(new Plan.Output(Operation.TOP, "10", 0, window));
      outputs.add(new Plan.Output(Operation.HISTOGRAM, "v3", 0, window));
    }
    return new Plan(outputs, false);
  }

  /**
   * Phases of few and of many values by turns, out of order, with restarts: the results are those
   * of the twin before, while and after a window has too many values.
   */
  @Property(tries = 10)
  void resultsReturnWhenAWindowHasFewerValuesAgain(
      @ForAll @IntRange(min = 600, max = 900) int many,
      @ForAll @IntRange(min = 1, max = 30) int few,
      @ForAll @IntRange(min = 1, max = 1_000_000) int seed) {
    Plan plan = plan();
    Timeline timeline = new Timeline(plan);
    NaiveTimeline twin = new NaiveTimeline(plan);
    Random random = new Random(seed);
    long newest = START;
    for (int i = 0; i < 4_500; i++) {
      int values = i / 1_500 == 1 ? many : few;
      newest += random.nextInt(40);
      long time = newest - (random.nextInt(4) == 0 ? random.nextInt((int) DISORDER) : 0);
      @Nullable Object[] event = {"v" + random.nextInt(values)};
      timeline.add(time, i, event, newest - DISORDER);
      twin.keep(time, event);
      if (i % 97 == 0) {
        timeline = Timeline.read(plan, timeline.toBytes(newest - DISORDER));
      }
      if (i % 50 == 0) {
        assertSame(plan, timeline.features(time), twin.asOf(time));
      }
    }
  }

  private static void assertSame(Plan plan, @Nullable Object[] row, @Nullable Object[] expected) {
    for (int i = 0; i < row.length; i++) {
      Plan.Output output = plan.outputs().get(i);
      Object exact = expected[i];
      if (output.operation() == Operation.DISTINCT
          && exact instanceof Long n
          && n > EXACT_DISTINCT) {
        long actual = (Long) Objects.requireNonNull(row[i]);
        assertThat((double) actual).isCloseTo(n, within(DISTINCT_ERROR * n));
      } else {
        assertThat(row[i]).as(output.toString()).isEqualTo(exact);
      }
    }
  }
}
