package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * Random streams of one entity and plans over them: slot 0 numbers, slot 1 text, slot 2 filtered
 * longs.
 */
final class Streams {
  /**
   * An event.
   *
   * @param advance by which it is newer than the newest event before it; negative: older
   */
  record Step(
      long advance,
      @Nullable Object number,
      @Nullable Object text,
      @Nullable Object integer,
      boolean restart) {
    @Nullable Object[] values() {
      return new @Nullable Object[] {number, text, integer};
    }
  }

  private Streams() {}

  /**
   * Steps that are out of order by at most {@code disorder}, with a late one now and then if {@code
   * late}.
   */
  static Arbitrary<List<Step>> steps(long disorder, boolean late) {
    Arbitrary<Long> advances =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(0, 3)),
            net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(0, 400)),
            net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(0, 20_000)),
            net.jqwik.api.Tuple.of(4, Arbitraries.longs().between(-disorder, 0)),
            net.jqwik.api.Tuple.of(
                1, late ? Arbitraries.longs().between(-20_000, 0) : Arbitraries.just(0L)));
    Arbitrary<Step> step =
        Combinators.combine(
                advances, numbers(), texts(), longs(), Arbitraries.of(true, false, false, false))
            .as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(200);
  }

  private static Arbitrary<Object> numbers() {
    Arbitrary<Object> small = Arbitraries.integers().between(-5, 5).map(i -> (Object) (i / 4.0));
    Arbitrary<Object> any = Arbitraries.doubles().between(-1e9, 1e9).map(d -> (Object) d);
    Arbitrary<Object> huge = Arbitraries.of(1e18, -1e18, 1e100, 1e-100, 1e9 + 1, 1e9);
    return Arbitraries.oneOf(small, any, huge).injectNull(0.2);
  }

  private static Arbitrary<Object> texts() {
    return Arbitraries.of("a", "ß", "", "longer than the others")
        .map(t -> (Object) t)
        .injectNull(0.5);
  }

  private static Arbitrary<Object> longs() {
    return Arbitraries.longs().between(-1000, 1000).map(l -> (Object) l).injectNull(0.3);
  }

  /**
   * Plans of several windows, some with hops of a millisecond, some whose hops do not divide each
   * other.
   */
  static Arbitrary<Plan> plans() {
    Arbitrary<Window> windows =
        Arbitraries.of(1L, 7L, 60L, 100L, 1000L, 3000L, 4567L, 36_000L).map(Window::new);
    return windows
        .set()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(chosen -> plan(chosen.toArray(Window[]::new)));
  }

  static Plan plan(Window... windows) {
    List<Plan.Output> outputs = new ArrayList<>();
    for (Window window : windows) {
      Arrays.stream(Operation.values()).forEach(op -> outputs.add(new Plan.Output(op, 0, window)));
      outputs.add(new Plan.Output(Operation.COUNT, 1, window));
      outputs.add(new Plan.Output(Operation.LAST, 1, window));
      outputs.add(new Plan.Output(Operation.SUM, 2, window));
      outputs.add(new Plan.Output(Operation.MAX, 2, window));
    }
    return new Plan(outputs, false);
  }
}
