package dev.millrace.schemas.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.expression.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The algebra of all operations, for values of each type. */
class PartialTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Window HOUR = Window.sliding(3_600_000);

  /** All operations that accept a type, and the layout that serves them all. */
  private record Slot(Layout layout, List<Calculation> calculations) {
    static Slot of(Type type) {
      List<Operation> operations =
          Stream.of(Operation.values()).filter(each -> each.input().accepts(type)).toList();
      Layout layout =
          Layout.of(
              operations.stream().flatMap(each -> Stream.ofNullable(each.part("1"))).toList());
      return new Slot(
          layout,
          operations.stream().map(each -> new Calculation(each, "1", HOUR, layout)).toList());
    }

    List<@Nullable Object> results(Partial partial) {
      return calculations.stream()
          .<@Nullable Object>map(calculation -> calculation.value(partial, NOW))
          .toList();
    }
  }

  /** Values of one type, so many that sketches and categories change their form, or few. */
  @Provide
  Arbitrary<List<Object>> values() {
    Arbitrary<Object> doubles = Arbitraries.doubles().between(-1e12, 1e12).map(d -> (Object) d);
    Arbitrary<Object> longs = Arbitraries.longs().between(-50, 2000).map(l -> (Object) l);
    Arbitrary<Object> texts = Arbitraries.integers().between(0, 700).map(i -> (Object) ("c" + i));
    Arbitrary<Object> truths = Arbitraries.of(true, false).map(b -> (Object) b);
    return Arbitraries.of(doubles, longs, texts, truths)
        .flatMap(
            each ->
                Arbitraries.frequencyOf(
                    Tuple.of(4, each.list().ofMinSize(3).ofMaxSize(30)),
                    Tuple.of(1, each.list().ofMinSize(600).ofMaxSize(1500))));
  }

  private static Type type(Object value) {
    if (value instanceof String) {
      return Type.STRING;
    }
    if (value instanceof Boolean) {
      return Type.BOOLEAN;
    }
    return value instanceof Long ? Type.LONG : Type.DOUBLE;
  }

  /** Values at times that repeat, so that the newest is decided by the order, too. */
  private static Partial of(Slot slot, List<Object> values, List<Integer> indexes) {
    Partial partial = new Partial(slot.layout());
    indexes.forEach(i -> partial.update(values.get(i), NOW - 5 + (i * 7) % 5, i));
    return partial;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Property(tries = 200)
  void theOrderOfUpdatesAndMergesDoesNotMatter(
      @ForAll("values") List<Object> values, @ForAll long seed) {
    Slot slot = Slot.of(type(values.get(0)));
    Partial whole = of(slot, values, range(0, values.size()));
    List<Integer> shuffled = new ArrayList<>(range(0, values.size()));
    Random random = new Random(seed);
    Collections.shuffle(shuffled, random);
    int first = 1 + random.nextInt(values.size() - 2);
    int second = first + 1 + random.nextInt(values.size() - first - 1);
    Partial left = of(slot, values, shuffled.subList(second, values.size()));
    Partial right = of(slot, values, shuffled.subList(first, second));
    right.merge(of(slot, values, shuffled.subList(0, first)));
    left.merge(right);
    assertThat(slot.results(left)).isEqualTo(slot.results(whole));
  }

  @Property(tries = 200)
  void unmergingUndoesMergingUnlessThePartIsStale(
      @ForAll("values") List<Object> values, @ForAll long seed) {
    Slot slot = Slot.of(type(values.get(0)));
    int cut = 1 + new Random(seed).nextInt(values.size() - 1);
    Partial kept = of(slot, values, range(cut, values.size()));
    Partial both = of(slot, values, range(cut, values.size()));
    Partial gone = of(slot, values, range(0, cut));
    both.merge(gone);
    both.unmerge(gone);
    for (Calculation calculation : slot.calculations()) {
      if (both.isStale(calculation.part())) {
        both.clear(calculation.part());
        both.mergePart(calculation.part(), kept);
      }
      assertThat(calculation.value(both, NOW)).isEqualTo(calculation.value(kept, NOW));
    }
  }

  @Property(tries = 200)
  void isReadAsItWasWritten(@ForAll("values") List<Object> values, @ForAll long seed) {
    Slot slot = Slot.of(type(values.get(0)));
    int size = new Random(seed).nextBoolean() ? 1 : values.size();
    Partial partial = of(slot, values, range(0, size));
    StateWriter out = new StateWriter();
    partial.write(out, NOW);
    Partial read = Partial.read(new StateReader(out.toBytes()), slot.layout(), NOW);
    assertThat(read).isNotNull();
    assertThat(slot.results(read)).isEqualTo(slot.results(partial));
    Partial more = of(slot, values, range(size - 1, size));
    read.merge(more);
    partial.merge(more);
    assertThat(slot.results(read)).isEqualTo(slot.results(partial));
  }

  /** A layout that holds a number needs eight bytes for one value, and one with the event more. */
  @Test
  void oneNumberTakesFewBytes() {
    Layout numbers = Layout.of(List.of(new Extremes.Spec(), new Sums.Spec(true)));
    Partial partial = new Partial(numbers);
    partial.update(2.5, NOW, 7);
    StateWriter out = new StateWriter();
    partial.write(out, NOW);
    assertThat(out.toBytes()).hasSize(9);
  }
}
