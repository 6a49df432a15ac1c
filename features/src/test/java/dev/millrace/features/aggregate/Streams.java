package dev.millrace.features.aggregate;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Random streams of one entity and plans over them: slot 0 numbers, slot 1 text, slot 2 filtered
 * longs, slot 3 booleans.
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
      return new @Nullable Object[] {number, text, integer, truth()};
    }

    /** Null, true and false, as the integer. */
    private @Nullable Object truth() {
      return integer instanceof Long value ? (Object) (value > 0) : null;
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
            Tuple.of(6, Arbitraries.longs().between(0, 3)),
            Tuple.of(6, Arbitraries.longs().between(0, 400)),
            Tuple.of(1, Arbitraries.longs().between(0, 20_000)),
            Tuple.of(4, Arbitraries.longs().between(-disorder, 0)),
            Tuple.of(1, late ? Arbitraries.longs().between(-20_000, 0) : Arbitraries.just(0L)));
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
    Arbitrary<Window> sliding =
        Arbitraries.of(1L, 7L, 60L, 100L, 1000L, 3000L, 4567L, 36_000L).map(Window::sliding);
    Arbitrary<Window> fixed = Arbitraries.of(1L, 9L, 250L, 5000L, 40_000L).map(Window::fixed);
    Arbitrary<Window> windows =
        Arbitraries.frequencyOf(
            Tuple.of(4, sliding),
            Tuple.of(2, fixed),
            Tuple.of(1, Arbitraries.just(Window.unbounded())));
    return windows
        .set()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(chosen -> plan(chosen.toArray(Window[]::new)));
  }

  /** All operations over the numbers, and those that accept another type over that. */
  static Plan plan(Window... windows) {
    List<Plan.Output> outputs = new ArrayList<>();
    for (Window window : windows) {
      outputs.addAll(outputs(0, Type.DOUBLE, window));
      outputs.addAll(outputs(1, Type.STRING, window));
      outputs.add(new Plan.Output(Operation.SUM, 2, window));
      outputs.add(new Plan.Output(Operation.MAX, 2, window));
      outputs.addAll(outputs(3, Type.BOOLEAN, window));
    }
    return new Plan(outputs, false);
  }

  /** All operations that accept a type, those with a number with two of them. */
  static List<Plan.Output> outputs(int slot, Type type, Window window) {
    List<Plan.Output> outputs = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      boolean fits = !operation.needsLength() || window.kind() == Window.Kind.SLIDING;
      if (operation.input().accepts(type) && fits) {
        for (String argument : arguments(operation)) {
          outputs.add(
              new Plan.Output(operation, argument.isEmpty() ? null : argument, slot, window));
        }
      }
    }
    return outputs;
  }

  private static List<String> arguments(Operation operation) {
    if (operation.needsCategory()) {
      return List.of("a", "true", "no value");
    }
    return operation.maxNumber() == 0
        ? List.of("")
        : List.of("1", String.valueOf(operation.maxNumber()), "5");
  }
}
