package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A reference by the hour of the week: a window is compared with those blocks that began at the
 * same hour of the week, or of the day, or with all, whichever predicts the blocks best. Each block
 * is predicted by the others of its season; the seasons with the least mean squared distance, by
 * the blocks' rows, are taken. So a feature without a cycle keeps its whole reference, and few
 * weeks, whose hours of the week are known badly, are pooled to hours of the day.
 *
 * <p>Hours are those of UTC. The counts of a season are kept encoded, 0.1 to 0.6 KB each.
 */
public final class SeasonalReference {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  /** Least number of blocks of a season: each is compared with the others. */
  private static final int FEWEST_BLOCKS = 2;

  private final Reference whole;
  private final Cycle cycle;
  private final Map<Cycle, Map<Integer, Season>> seasons;

  /** A cycle of seasons by its length, the longest first. */
  private enum Cycle {
    WEEK(Duration.ofDays(7)),
    DAY(Duration.ofDays(1)),
    NONE(Duration.ofHours(1));

    private final long millis;

    Cycle(Duration length) {
      millis = length.toMillis();
    }

    /** The hour in the cycle. */
    int season(long startMillis) {
      return (int) (Math.floorMod(startMillis, millis) / HOUR);
    }
  }

  /** What blocks of one season have in common: their number, values and counts, encoded. */
  private static final class Season {
    private final int blocks;
    private final long rows;
    private final byte[] counts;

    private Season(int blocks, long rows, byte[] counts) {
      this.blocks = blocks;
      this.rows = rows;
      this.counts = counts;
    }

    static Season of(Profile counts) {
      return new Season(1, counts.total(), counts.countsOnly().toBytes());
    }

    Season plus(Profile more, Reference whole) {
      Profile sum = profile(whole).merge(more.countsOnly());
      return new Season(blocks + 1, sum.total(), sum.toBytes());
    }

    Profile profile(Reference whole) {
      return Profile.fromBytes(whole.bins(), counts);
    }
  }

  private SeasonalReference(
      Reference whole, Cycle cycle, Map<Cycle, Map<Integer, Season>> seasons) {
    this.whole = whole;
    this.cycle = cycle;
    this.seasons = seasons;
  }

  /** The same reference for all windows. */
  public static SeasonalReference constant(Reference reference) {
    return new SeasonalReference(reference, Cycle.NONE, Map.of());
  }

  /**
   * The reference by seasons.
   *
   * @param blocks its counts by time
   * @param window the length of a window and of a block
   * @param minSamples values that a season must have without one of its blocks
   */
  public static SeasonalReference of(
      Reference whole, List<Block> blocks, Duration window, long minSamples) {
    Map<Cycle, Map<Integer, Season>> seasons = new EnumMap<>(Cycle.class);
    for (Cycle each : Cycle.values()) {
      if (each != Cycle.NONE && window.toMillis() < each.millis) {
        seasons.put(each, seasons(whole, blocks, each, minSamples));
      }
    }
    SeasonalReference best = constant(whole);
    double least = best.error(blocks);
    for (Cycle each : seasons.keySet()) {
      SeasonalReference candidate = new SeasonalReference(whole, each, seasons);
      double error = candidate.error(blocks);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best.onlyUsed();
  }

  private static Map<Integer, Season> seasons(
      Reference whole, List<Block> blocks, Cycle cycle, long minSamples) {
    Map<Integer, Season> sums = new HashMap<>();
    for (Block block : blocks) {
      sums.compute(
          cycle.season(block.startMillis()),
          (season, sum) ->
              sum == null ? Season.of(block.counts()) : sum.plus(block.counts(), whole));
    }
    sums.values()
        .removeIf(
            season ->
                season.blocks < FEWEST_BLOCKS
                    || season.rows * (season.blocks - 1) < minSamples * season.blocks);
    return sums;
  }

  /** Without the seasons of longer cycles than the one in use. */
  private SeasonalReference onlyUsed() {
    Map<Cycle, Map<Integer, Season>> used = new EnumMap<>(Cycle.class);
    seasons.forEach(
        (each, sums) -> {
          if (each.compareTo(cycle) >= 0) {
            used.put(each, sums);
          }
        });
    return new SeasonalReference(whole, cycle, used);
  }

  /** The whole reference. */
  Reference whole() {
    return whole;
  }

  /** Whether windows are compared with parts of the reference. */
  boolean seasonal() {
    return cycle != Cycle.NONE;
  }

  /** The reference of the window that starts then. */
  Reference at(long startMillis) {
    for (Cycle each : Cycle.values()) {
      Season season =
          each.compareTo(cycle) < 0
              ? null
              : seasons.getOrDefault(each, Map.of()).get(each.season(startMillis));
      if (season != null) {
        return part(season.profile(whole));
      }
    }
    return whole;
  }

  /** The reference of a block without the block itself. */
  Reference without(Block block) {
    Reference present = at(block.startMillis());
    Profile all = present.profile();
    long[] counts = all.counts();
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] -= block.counts().count(bin);
    }
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, all.count(kind) - block.counts().count(kind));
    }
    return present.withCounts(Profile.of(all.bins(), counts, unbinned, all.min(), all.max()));
  }

  /** Categories that occurred once or twice in all of the reference are rarer in a part of it. */
  private Reference part(Profile counts) {
    double share = (double) counts.total() / Math.max(1, whole.total());
    Long doubletons = whole.doubletons();
    return new Reference(
        whole.feature(),
        whole.withCounts(counts).profile(),
        whole.mean(),
        whole.sd(),
        whole.distinct(),
        Math.round(whole.singletons() * share),
        doubletons == null ? null : (Long) Math.round(doubletons * share));
  }

  /** The mean squared distance of blocks from the others of their season, by their rows. */
  private double error(List<Block> blocks) {
    double sum = 0;
    double rows = 0;
    for (Block block : blocks) {
      double n = (double) block.counts().binned();
      sum += n * squaredDistance(block.counts(), without(block).profile());
      rows += n;
    }
    return rows == 0 ? 0 : sum / rows;
  }

  /**
   * The squared largest difference of the distribution functions of numbers, or the sum of the
   * squared differences of the shares of categories; 0 where there are no values.
   */
  private static double squaredDistance(Profile a, Profile b) {
    double n = (double) a.binned();
    double m = (double) b.binned();
    if (n == 0 || m == 0) {
      return 0;
    }
    boolean numbers = a.bins() instanceof NumberBins;
    double cumulated = 0;
    double largest = 0;
    double squares = 0;
    for (int bin = 0; bin < a.bins().size(); bin++) {
      double difference = a.count(bin) / n - b.count(bin) / m;
      cumulated += difference;
      largest = Math.max(largest, Math.abs(cumulated));
      squares += difference * difference;
    }
    return numbers ? largest * largest : squares;
  }
}
