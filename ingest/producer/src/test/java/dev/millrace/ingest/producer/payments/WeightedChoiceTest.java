package dev.millrace.ingest.producer.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WeightedChoiceTest {
  @Property(tries = 200)
  void picksTheFirstIndexWhoseCumulatedWeightExceedsTheDraw(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 5) Integer> weights, @ForAll long seed) {
    double[] asDoubles = weights.stream().mapToDouble(Integer::doubleValue).toArray();
    double sum = weights.stream().mapToInt(Integer::intValue).sum();
    if (sum == 0) {
      return;
    }
    double target = new SplittableRandom(seed).nextDouble() * sum;
    int expected = 0;
    double before = asDoubles[0];
    while (before <= target) {
      before += asDoubles[++expected];
    }
    assertThat(new WeightedChoice(asDoubles).pick(new SplittableRandom(seed))).isEqualTo(expected);
  }

  @Test
  void invalidWeightsAreRejected() {
    assertThatThrownBy(() -> new WeightedChoice(1, -1)).hasMessageContaining("weight 1 is -1.0");
    assertThatThrownBy(() -> new WeightedChoice(0, 0)).hasMessageContaining("above 0");
  }
}
