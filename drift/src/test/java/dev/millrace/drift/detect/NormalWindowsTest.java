package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class NormalWindowsTest {
  private static final int WINDOWS = 3_000;
  private static final int ROWS = 200;

  /** A reference of few rows, so that many windows have rows beyond it. */
  @Test
  void resultsAreDistributedAsThoseOfRows() {
    SplittableRandom random = new SplittableRandom(5);
    Reference reference = Reference.of("x", normal(random, 300));
    NormalWindows windows = new NormalWindows(reference, random);
    Supplier<Profile> drawn = () -> windows.next(ROWS);
    Supplier<Profile> counted = () -> FeatureStream.profile(reference, normal(random, ROWS));

    same(drawn, counted, profile -> profile.count(0));
    same(drawn, counted, profile -> profile.count(100));
    same(drawn, counted, profile -> profile.count(reference.bins().size() - 1));
    same(drawn, counted, profile -> profile.count(0) > 0 ? profile.min() : 0);
    FeatureComparison test = new FeatureComparison(0.05, 0, 1);
    same(drawn, counted, profile -> test.of(reference, profile).p());
    same(drawn, counted, profile -> test.of(reference, profile).effects().psi());
    same(drawn, counted, profile -> wasserstein(test.of(reference, profile)));
  }

  private static double wasserstein(FeatureResult result) {
    Double distance = result.effects().wasserstein();
    return distance == null ? -1 : distance;
  }

  private static double[] normal(SplittableRandom random, int rows) {
    return DoubleStream.generate(random::nextGaussian).limit(rows).toArray();
  }

  private static void same(
      Supplier<Profile> drawn, Supplier<Profile> counted, ToDoubleFunction<Profile> figure) {
    KolmogorovSmirnovTest test = new KolmogorovSmirnovTest();
    double d = test.kolmogorovSmirnovStatistic(figures(drawn, figure), figures(counted, figure));
    assertThat(test.approximateP(d, WINDOWS, WINDOWS)).isGreaterThan(0.01);
  }

  private static double[] figures(Supplier<Profile> windows, ToDoubleFunction<Profile> figure) {
    return DoubleStream.generate(() -> figure.applyAsDouble(windows.get()))
        .limit(WINDOWS)
        .toArray();
  }
}
