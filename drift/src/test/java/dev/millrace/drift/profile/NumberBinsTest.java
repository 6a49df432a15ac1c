package dev.millrace.drift.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NumberBinsTest {
  @Property
  void aValueLiesInTheBinAfterAllEdgesUpToIt(
      @ForAll @Size(max = 300) double[] any, @ForAll double value) {
    double[] edges = Arrays.stream(any).map(e -> e + 0.0).distinct().sorted().toArray();
    NumberBins bins = NumberBins.of(edges);

    for (double v : DoubleStream.concat(DoubleStream.of(value), Arrays.stream(edges)).toArray()) {
      long upToIt = Arrays.stream(edges).filter(e -> e <= v).count();
      assertThat(bins.bin(v)).isEqualTo((int) upToIt);
    }
  }

  @Property(tries = 200)
  void referenceLeavesTheOuterBinsEmpty(@ForAll @Size(min = 1, max = 2000) double[] values) {
    Reference reference = Reference.of("x", values);
    Profile profile = reference.profile();

    assertThat(profile.count(0)).isZero();
    assertThat(reference.bins().size()).isLessThanOrEqualTo(BinCutter.BINS + 2);
    assertThat(profile.binned()).isEqualTo(values.length);
    assertThat(profile.max()).isEqualTo(Arrays.stream(values).max().orElseThrow());
  }

  @Test
  void cutsContinuousValuesAtTheirQuantiles() {
    SplittableRandom random = new SplittableRandom(1);
    double[] values = random.doubles(10_000).map(u -> -Math.log(u)).toArray();

    long[] counts = Reference.of("x", values).profile().counts();

    assertThat(counts).hasSize(BinCutter.BINS + 2);
    assertThat(Arrays.stream(counts, 1, counts.length - 1).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(38L, 41L));
    assertThat(counts[counts.length - 1]).isZero();
  }

  @Test
  void heavyValuesHaveTheirOwnBins() {
    SplittableRandom random = new SplittableRandom(2);
    double[] values =
        random
            .doubles(20_000)
            .map(u -> u < 0.3 ? 0 : u < 0.4 ? -1 : 10 * random.nextDouble())
            .toArray();

    Reference reference = Reference.of("x", values);
    NumberBins bins = (NumberBins) reference.bins();

    for (double atom : new double[] {0, -1}) {
      assertThat(bins.isAtom(bins.bin(atom))).isTrue();
      assertThat(reference.profile().count(bins.bin(atom)))
          .isEqualTo(Arrays.stream(values).filter(v -> v == atom).count());
    }
    assertThat(bins.bin(-0.0)).isEqualTo(bins.bin(0.0));
    assertThat(bins.label(bins.bin(-1))).isEqualTo("-1.0");
  }

  @Test
  void aFewWholeNumbersHaveTheirOwnBinsApartFromValuesBetweenThem() {
    Reference reference =
        Reference.of("hour", DoubleStream.iterate(0, h -> (h + 1) % 24).limit(2400).toArray());
    NumberBins bins = (NumberBins) reference.bins();

    for (int hour = 0; hour < 24; hour++) {
      assertThat(reference.profile().count(bins.bin(hour))).isEqualTo(100);
      assertThat(reference.profile().count(bins.bin(hour + 0.5))).isZero();
    }
  }

  @Test
  void acceptsExtremesAndConstants() {
    assertThat(Reference.of("x", 7, 7, 7).profile().counts()).containsExactly(0, 3, 0);
    assertThat(Reference.of("x", Double.MAX_VALUE, -Double.MAX_VALUE).total()).isEqualTo(2);
    assertThat(Reference.of("x", Double.MIN_VALUE, 0, -0.0).profile().binned()).isEqualTo(3);
    Profile none = Reference.of("x", Double.NaN, Double.NEGATIVE_INFINITY).profile();
    assertThat(none.binned()).isZero();
    assertThat(none.count(UnbinnedKind.NAN)).isEqualTo(1);
    assertThat(none.count(UnbinnedKind.INFINITE)).isEqualTo(1);
  }

  @Test
  void rejectsEdgesOutOfOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumberBins.of(1, 1))
        .withMessageContaining("edge 1 is 1.0 after 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> NumberBins.of(Double.NaN));
  }
}
