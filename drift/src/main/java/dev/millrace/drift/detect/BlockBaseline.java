package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.DependenceTime;
import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures how the blocks of a reference differ from each other: each block is compared with all
 * others, by the tests that compare a window with the reference.
 */
public final class BlockBaseline {
  /**
   * Blocks with less than this share of the median block's rows are left out, such as the first and
   * the last, of which the reference may contain only a part.
   */
  private static final double SMALLEST = 0.25;

  /**
   * Blocks that are compared with the others at most, so that what is remembered of a feature stays
   * below 8 KB: a week of hours.
   */
  public static final int MOST_COMPARED = 168;

  /** The golden ratio's fraction, whose multiples are spread evenly and follow no calendar. */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final SeasonalReference seasons;
  private final Reference reference;
  private final List<Block> all;
  private final List<Block> blocks;

  /** For each of the blocks, the reference of its season without it. */
  private final List<Reference> others;

  private final long minSamples;

  private BlockBaseline(SeasonalReference seasons, List<Block> all, long minSamples) {
    this.seasons = seasons;
    this.reference = seasons.whole();
    this.all = all;
    this.blocks = thinned(all);
    this.others = blocks.stream().map(seasons::without).toList();
    this.minSamples = minSamples;
  }

  /**
   * The baseline of a feature; {@link Baseline#UNKNOWN} without blocks.
   *
   * @param blocks the reference's counts by time, each as long as a window
   * @param minSamples of a comparison
   */
  public static Baseline of(Reference reference, List<Block> blocks, long minSamples) {
    return of(SeasonalReference.constant(reference), blocks, minSamples);
  }

  /**
   * The baseline of a feature, whose blocks are compared with the others of their season.
   *
   * @param blocks the reference's counts by time, each as long as a window
   * @param minSamples of a comparison
   */
  public static Baseline of(SeasonalReference reference, List<Block> blocks, long minSamples) {
    BlockBaseline all = comparable(reference, blocks, minSamples);
    return all.blocks.size() < 2 ? Baseline.UNKNOWN : all.withoutOutlying().measured();
  }

  /**
   * The blocks that differ from all others as an alarm does, and the test that each is most unusual
   * by. The baseline leaves them out.
   */
  public static Map<Block, StatisticalTest> leftOut(
      SeasonalReference reference, List<Block> blocks, long minSamples) {
    return comparable(reference, blocks, minSamples).outlying();
  }

  private static BlockBaseline comparable(
      SeasonalReference reference, List<Block> blocks, long minSamples) {
    long[] rows = blocks.stream().mapToLong(b -> b.counts().total()).sorted().toArray();
    double median = rows.length == 0 ? 0 : (double) rows[rows.length / 2];
    double least = Math.max((double) minSamples, SMALLEST * median);
    List<Block> kept = blocks.stream().filter(block -> block.counts().total() >= least).toList();
    return new BlockBaseline(reference, kept, minSamples);
  }

  private Map<Block, StatisticalTest> outlying() {
    Map<Block, StatisticalTest> outlying = new LinkedHashMap<>();
    OutlyingBlocks.of(ofEach(blocks, others, Baseline.UNKNOWN))
        .forEach((position, test) -> outlying.put(blocks.get(position), test));
    return outlying;
  }

  private BlockBaseline withoutOutlying() {
    Map<Block, StatisticalTest> outlying = outlying();
    return outlying.isEmpty()
        ? this
        : new BlockBaseline(
            seasons,
            all.stream().filter(block -> !outlying.containsKey(block)).toList(),
            minSamples);
  }

  private static List<Block> thinned(List<Block> blocks) {
    return blocks.size() <= MOST_COMPARED
        ? blocks
        : IntStream.range(0, MOST_COMPARED)
            .map(i -> (int) (i * GOLDEN % 1 * blocks.size()))
            .sorted()
            .distinct()
            .mapToObj(blocks::get)
            .toList();
  }

  private Baseline measured() {
    long[] whole = reference.profile().counts();
    double rows = blocks.stream().mapToLong(b -> b.counts().total()).average().orElse(0);
    List<Double> levels = levels(whole);
    Baseline flat =
        new Baseline(false, 0, 0, Map.of(), levels, Baseline.Divergence.INDEPENDENT, Map.of());
    Map<StatisticalTest, List<Double>> ratios = ratios(blocks, others, flat);
    double psi = 0;
    double jensenShannon = 0;
    double wasserstein = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Baseline.Divergence ratio = EffectSizes.ratios(others.get(i), blocks.get(i).counts());
      psi += ratio.psi() / blocks.size();
      jensenShannon += ratio.jensenShannon() / blocks.size();
      wasserstein += ratio.wasserstein() / blocks.size();
    }
    Baseline.Divergence divergence =
        new Baseline.Divergence(
            Math.max(1, psi), Math.max(1, jensenShannon), Math.max(1, wasserstein));
    boolean enough = blocks.size() >= Baseline.FEWEST;
    return new Baseline(enough, rows, blocks.size(), ratios, levels, divergence, dependence(flat));
  }

  /** Of the values that no other block has; empty if the profile does not contain their number. */
  private static Map<StatisticalTest, List<Double>> unseen(Reference reference, List<Block> of) {
    if (reference.bins() instanceof CategoryBins) {
      double expected = UnseenShare.expected(reference);
      List<Double> ratios = new ArrayList<>();
      for (Block block : of) {
        if (block.unseenRows() != null && block.counts().binned() > 0) {
          ratios.add(block.unseenRows() / expected / block.counts().binned());
        }
      }
      return Map.of(StatisticalTest.UNSEEN_SHARE, ratios);
    }
    return Map.of();
  }

  /** Blocks that are a selection do not show how those next to each other depend. */
  private Map<StatisticalTest, Double> dependence(Baseline flat) {
    Map<StatisticalTest, Double> times = new EnumMap<>(StatisticalTest.class);
    if (all.size() > blocks.size()) {
      ratios(all, all.stream().map(seasons::without).toList(), flat)
          .forEach((test, values) -> times.put(test, DependenceTime.of(values)));
    }
    return times;
  }

  private Map<StatisticalTest, List<Double>> ratios(
      List<Block> compared, List<Reference> others, Baseline flat) {
    Map<StatisticalTest, List<Double>> ratios = new EnumMap<>(StatisticalTest.class);
    for (Map<StatisticalTest, Double> ofBlock : ofEach(compared, others, flat)) {
      ofBlock.forEach(
          (test, each) -> ratios.computeIfAbsent(test, k -> new ArrayList<>()).add(each));
    }
    ratios.remove(StatisticalTest.UNSEEN_SHARE);
    ratios.putAll(unseen(reference, compared));
    return ratios;
  }

  /** The ratios of each block, compared with the others. */
  private List<Map<StatisticalTest, Double>> ofEach(
      List<Block> compared, List<Reference> others, Baseline flat) {
    long[] whole = reference.profile().counts();
    List<Map<StatisticalTest, Double>> ratios = new ArrayList<>();
    for (int i = 0; i < compared.size(); i++) {
      Profile block = compared.get(i).counts();
      ratios.add(FeatureTests.of(others.get(i), block, flat, minSamples, whole).ratios());
    }
    return ratios;
  }

  private List<Double> levels(long[] whole) {
    if (reference.bins() instanceof CategoryBins) {
      return LocalChiSquare.FLAT;
    }
    double[] statistics = new double[LocalChiSquare.FLAT.size()];
    long[] degrees = new long[statistics.length];
    for (int i = 0; i < blocks.size(); i++) {
      BinnedSamples samples =
          new BinnedSamples(blocks.get(i).counts().counts(), others.get(i).profile().counts());
      LocalChiSquare local = LocalChiSquare.of(whole, samples, (double) samples.windowTotal());
      for (int level = 0; level < statistics.length; level++) {
        statistics[level] += local.level(level);
        degrees[level] += local.degrees(level);
      }
    }
    List<Double> means = new ArrayList<>();
    for (int level = 0; level < statistics.length; level++) {
      means.add(
          degrees[level] == 0 ? 1.0 : (Double) Math.max(1, statistics[level] / degrees[level]));
    }
    return means;
  }
}
