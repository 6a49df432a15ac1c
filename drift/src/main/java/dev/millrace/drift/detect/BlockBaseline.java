package dev.millrace.drift.detect;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
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
  private static final int MOST_COMPARED = 168;

  /** The golden ratio's fraction, whose multiples are spread evenly and follow no calendar. */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final Reference reference;
  private final List<Profile> blocks;
  private final long minSamples;

  private BlockBaseline(Reference reference, List<Profile> blocks, long minSamples) {
    this.reference = reference;
    this.blocks = blocks;
    this.minSamples = minSamples;
  }

  /**
   * The baseline of a feature; {@link Baseline#UNKNOWN} without blocks.
   *
   * @param blocks the reference's counts by time, each as long as a window
   * @param minSamples of a comparison
   */
  public static Baseline of(Reference reference, List<Profile> blocks, long minSamples) {
    long[] rows = blocks.stream().mapToLong(Profile::total).sorted().toArray();
    double median = rows.length == 0 ? 0 : (double) rows[rows.length / 2];
    double least = Math.max((double) minSamples, SMALLEST * median);
    List<Profile> kept = thinned(blocks.stream().filter(block -> block.total() >= least).toList());
    return kept.size() < 2
        ? Baseline.UNKNOWN
        : new BlockBaseline(reference, kept, minSamples).measured();
  }

  private static List<Profile> thinned(List<Profile> blocks) {
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
    double rows = blocks.stream().mapToLong(Profile::total).average().orElse(0);
    List<Reference> others = blocks.stream().map(this::without).toList();
    List<Double> levels = levels(whole, others);
    Baseline flat = new Baseline(false, 0, 0, Map.of(), levels, Baseline.Divergence.INDEPENDENT);
    Map<StatisticalTest, List<Double>> ratios = new EnumMap<>(StatisticalTest.class);
    double psi = 0;
    double jensenShannon = 0;
    double wasserstein = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Profile block = blocks.get(i);
      for (TestResult test : FeatureTests.of(others.get(i), block, flat, minSamples, whole)) {
        if (test.test() != StatisticalTest.UNSEEN_SHARE) {
          ratios.computeIfAbsent(test.test(), unused -> new ArrayList<>()).add(test.ratio());
        }
      }
      Baseline.Divergence ratio = EffectSizes.ratios(others.get(i), block);
      psi += ratio.psi() / blocks.size();
      jensenShannon += ratio.jensenShannon() / blocks.size();
      wasserstein += ratio.wasserstein() / blocks.size();
    }
    Baseline.Divergence divergence =
        new Baseline.Divergence(
            Math.max(1, psi), Math.max(1, jensenShannon), Math.max(1, wasserstein));
    return new Baseline(true, rows, blocks.size(), ratios, levels, divergence);
  }

  private List<Double> levels(long[] whole, List<Reference> others) {
    if (reference.bins() instanceof CategoryBins) {
      return LocalChiSquare.FLAT;
    }
    double[] statistics = new double[LocalChiSquare.FLAT.size()];
    long[] degrees = new long[statistics.length];
    for (int i = 0; i < blocks.size(); i++) {
      BinnedSamples samples =
          new BinnedSamples(blocks.get(i).counts(), others.get(i).profile().counts());
      LocalChiSquare local = LocalChiSquare.of(whole, samples);
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

  /** The reference without one of its blocks. */
  private Reference without(Profile block) {
    Profile whole = reference.profile();
    long[] counts = whole.counts();
    Arrays.setAll(counts, bin -> counts[bin] - block.count(bin));
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, whole.count(kind) - block.count(kind));
    }
    return reference.withCounts(
        Profile.of(whole.bins(), counts, unbinned, whole.min(), whole.max()));
  }
}
