package dev.millrace.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class PartialTest {
  private static final int ALL = Partial.NUMERIC | Partial.LAST;

  @Property
  void mergingIsAssociativeAndCommutative(
      @ForAll @Size(min = 3, max = 30) List<@DoubleRange(min = -1e12, max = 1e12) Double> values,
      @ForAll @IntRange(min = 1, max = 1000) int cut) {
    int first = 1 + cut % (values.size() - 2);
    int second = first + 1 + cut % (values.size() - first - 1);
    Partial whole = of(values, 0, values.size());
    assertThat(
            finished(
                merged(
                    merged(of(values, 0, first), of(values, first, second)),
                    of(values, second, values.size()))))
        .isEqualTo(finished(whole));
    assertThat(
            finished(
                merged(
                    of(values, second, values.size()),
                    merged(of(values, first, second), of(values, 0, first)))))
        .isEqualTo(finished(whole));
  }

  /** Events at times that repeat, so that the last value is decided by arrival, too. */
  private static Partial of(List<Double> values, int from, int to) {
    Partial partial = new Partial(ALL);
    for (int i = from; i < to; i++) {
      partial.update(values.get(i), (i * 7) % 5, i);
    }
    return partial;
  }

  private static Partial merged(Partial left, Partial right) {
    left.merge(right);
    return left;
  }

  private static List<@Nullable Object> finished(Partial partial) {
    return Arrays.stream(Operation.values())
        .<@Nullable Object>map(op -> op.finish(partial))
        .toList();
  }
}
