package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.calibration.Tails;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Blocks whose difference from the others is significant, such as the day of an outage. In the
 * calibration one of them would hide every later change that is smaller than it. The blocks are
 * searched forward (Hadi, Simonoff, JASA 88, 1993): the four fifths with the smallest ratios are
 * calm; of the others, from the smallest on, each is tested with the dispersion of those before it,
 * and the first one that is significant is outlying together with those above it. So outlying
 * blocks do not hide each other.
 */
final class OutlyingBlocks {
  /** Probability that a reference without outlying blocks loses one, for each test. */
  private static final double LEVEL = 0.01;

  /** Largest share of outlying blocks; with more, none is. */
  private static final double MOST = 0.2;

  /** The relative variance of a squared standard normal variable. */
  private static final double SQUARE_VARIANCE = 2;

  private OutlyingBlocks() {}

  /**
   * The positions of the outlying blocks, and the test that each is most unusual by; empty if they
   * are more than a fifth.
   *
   * @param ratios of each block
   */
  static SortedMap<Integer, StatisticalTest> of(List<Map<StatisticalTest, Double>> ratios) {
    SortedMap<Integer, StatisticalTest> outlying = new TreeMap<>();
    if (ratios.size() < Baseline.FEWEST) {
      return outlying;
    }
    // Mean ranks have a sign; a block that is shifted is outlying by Kolmogorov-Smirnov.
    for (StatisticalTest test : EnumSet.complementOf(EnumSet.of(StatisticalTest.MEAN_RANK))) {
      List<Integer> tested =
          IntStream.range(0, ratios.size())
              .boxed()
              .filter(block -> ratios.get(block).containsKey(test))
              .sorted(
                  Comparator.comparingDouble(block -> ratios.get(block).getOrDefault(test, 0.0)))
              .toList();
      int calm = calm(tested.stream().map(b -> ratios.get(b).getOrDefault(test, 0.0)).toList());
      tested.subList(calm, tested.size()).forEach(block -> outlying.putIfAbsent(block, test));
    }
    return outlying.size() > MOST * ratios.size() ? new TreeMap<>() : outlying;
  }

  /** The number of values, ascending, up to the first that is significant. */
  private static int calm(List<Double> ratios) {
    int calm = (int) Math.ceil((1 - MOST) * ratios.size());
    while (calm > 0 && calm < ratios.size()) {
      double next = ratios.get(calm);
      Dispersion before =
          Dispersion.ofSquares(new ArrayList<>(ratios.subList(0, calm)), SQUARE_VARIANCE);
      double p = before.pValue(next, phi -> Tails.chiSquare(next / phi, 1), 1);
      if (p <= LEVEL / ratios.size()) {
        return calm;
      }
      calm++;
    }
    return ratios.size();
  }
}
