package dev.millrace.schemas.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ExactSumTest {
  /**
   * Random bits: every magnitude up to the bound, with subnormals, and plain numbers where ties are
   * common.
   */
  @Provide
  Arbitrary<List<Double>> terms() {
    Arbitrary<Double> wild =
        Arbitraries.longs().map(Double::longBitsToDouble).filter(d -> Math.abs(d) <= 0x1p1000);
    Arbitrary<Double> powers =
        Arbitraries.integers().between(-60, 60).map(i -> Math.scalb(i < 0 ? -1.0 : 1.0, 2 * i));
    Arbitrary<Double> plain = Arbitraries.integers().between(-1000, 1000).map(i -> i / 100.0);
    return Arbitraries.oneOf(wild, powers, plain).list().ofMaxSize(40);
  }

  @Property
  void equalsTheExactSumRoundedOnce(@ForAll("terms") List<Double> terms) {
    ExactSum sum = new ExactSum();
    terms.forEach(sum::add);
    BigDecimal exact = terms.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum.value()).isEqualTo(exact.doubleValue());
  }

  @Property
  void subtractingUndoesAdding(
      @ForAll("terms") List<Double> kept, @ForAll("terms") List<Double> gone) {
    ExactSum sum = new ExactSum();
    ExactSum away = new ExactSum();
    gone.forEach(sum::add);
    gone.forEach(away::add);
    kept.forEach(sum::add);
    sum.subtract(away);

    ExactSum alone = new ExactSum();
    kept.forEach(alone::add);
    assertThat(sum.value()).isEqualTo(alone.value());
  }

  @Property
  void productsAreExact(@ForAll("products") List<Double> factors) {
    ExactSum sum = new ExactSum();
    BigDecimal exact = BigDecimal.ZERO;
    for (int i = 1; i < factors.size(); i++) {
      sum.addProduct(factors.get(i - 1), factors.get(i));
      exact =
          exact.add(new BigDecimal(factors.get(i - 1)).multiply(new BigDecimal(factors.get(i))));
    }
    assertThat(sum.value()).isEqualTo(exact.doubleValue());
  }

  @Provide
  Arbitrary<List<Double>> products() {
    return Arbitraries.doubles().between(-1e9, 1e9).list().ofMaxSize(20);
  }
}
