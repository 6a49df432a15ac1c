package dev.millrace.drift.training;

import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.profile.SliceCounts;
import dev.millrace.drift.profile.Slicer;
import dev.millrace.drift.training.TrainingProfile.Block;
import dev.millrace.drift.training.TrainingProfile.SliceProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts training rows by slice, in the second pass over them. A slice is one of the most frequent
 * values of an input; all other values are in one slice together.
 */
final class SliceProfiler {
  /** A value with a smaller share of the rows has no slice of its own. */
  private static final double LEAST_SHARE = 0.01;

  /** Blocks that a test is calibrated with at most; see {@code BlockBaseline}. */
  private static final int MOST_BLOCKS = 168;

  /** With fewer blocks than this slices have none: live windows calibrate their tests. */
  private static final int FEWEST_BLOCKS = 14;

  /** Multiples of the golden ratio's fraction are spread evenly and follow no calendar. */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final List<String> features;
  private final List<Bins> bins;
  private final List<Slice> candidates = new ArrayList<>();
  private final Slicer slicer;
  private final Set<Long> keptBlocks;
  private final List<Counts> counts = new ArrayList<>();

  /** The counts of one candidate. */
  private static final class Counts {
    final SliceCounts all;
    final TreeMap<Long, SliceCounts> blocks = new TreeMap<>();

    Counts(SliceCounts all) {
      this.all = all;
    }

    void merge(Counts other, Slicer slicer) {
      all.merge(other.all);
      other.blocks.forEach(
          (start, block) ->
              blocks.computeIfAbsent(start, unknown -> slicer.newCounts()).merge(block));
    }
  }

  /**
   * @param inputs whose values are sliced, of text or booleans
   * @param features all features, in the order in which they are counted
   * @param bins of each feature
   * @param blocks the starts of all blocks
   */
  SliceProfiler(
      List<String> inputs, List<String> features, List<Bins> bins, SortedSet<Long> blocks) {
    this.features = features;
    this.bins = bins;
    int most = Math.min(Slice.MOST_OF_INPUT, Slice.MOST / Math.max(1, inputs.size()));
    for (String input : inputs) {
      CategoryBins values = (CategoryBins) bins.get(features.indexOf(input));
      values.values().stream()
          .filter(Slice::isPossible)
          .limit(Math.max(0, most - 1))
          .forEach(value -> candidates.add(new Slice(input, value)));
      candidates.add(Slice.others(input));
    }
    slicer = Slicer.over(candidates, features, bins);
    candidates.forEach(candidate -> counts.add(new Counts(slicer.newCounts())));
    keptBlocks = kept(blocks, candidates.size() * features.size());
  }

  /** The blocks that fit, spread evenly over time. */
  private static Set<Long> kept(SortedSet<Long> starts, int profilesOfABlock) {
    int most = Math.min(MOST_BLOCKS, BlockProfiler.MAX_PROFILES / Math.max(1, profilesOfABlock));
    Set<Long> kept = new HashSet<>();
    int i = 0;
    for (long start : starts) {
      if (most >= FEWEST_BLOCKS && i++ * GOLDEN % 1 < (double) most / starts.size()) {
        kept.add(start);
      }
    }
    return kept;
  }

  /**
   * Counts a row.
   *
   * @param startMillis of its block; null without one
   * @param cells of its values, by feature
   */
  void add(@Nullable Long startMillis, int[] cells) {
    for (int input = 0; input < slicer.inputs(); input++) {
      int slice = slicer.slice(input, cells);
      if (slice != Slicer.NONE) {
        Counts each = counts.get(slice);
        each.all.add(cells);
        if (startMillis != null && keptBlocks.contains(startMillis)) {
          each.blocks.computeIfAbsent(startMillis, unknown -> slicer.newCounts()).add(cells);
        }
      }
    }
  }

  /**
   * The slices with rows. Values with few rows are counted with all others.
   *
   * @param kept the features that the profile has
   * @param rows their number
   * @param minSamples fewest rows that a window is compared with
   */
  List<SliceProfile> build(Set<String> kept, long rows, long minSamples) {
    double least = Math.max(LEAST_SHARE * rows, (double) minSamples);
    Map<String, Counts> others = new LinkedHashMap<>();
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i).isOthers()) {
        others.put(candidates.get(i).input(), counts.get(i));
      }
    }
    List<SliceProfile> built = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      Slice slice = candidates.get(i);
      Counts own = counts.get(i);
      Counts rest = others.get(slice.input());
      if (!slice.isOthers() && own.all.rows() < least && rest != null) {
        rest.merge(own, slicer);
      } else if (own.all.rows() > 0) {
        built.add(profile(slice, own, kept));
      }
    }
    return built;
  }

  private SliceProfile profile(Slice slice, Counts own, Set<String> kept) {
    List<Block> blocks = new ArrayList<>();
    own.blocks.forEach(
        (start, block) ->
            blocks.add(
                new Block(Instant.ofEpochMilli(start), block.rows(), profiles(block, kept))));
    return new SliceProfile(slice, own.all.rows(), profiles(own.all, kept), blocks);
  }

  private Map<String, Profile> profiles(SliceCounts counts, Set<String> kept) {
    Map<String, Profile> profiles = new LinkedHashMap<>();
    for (int i = 0; i < bins.size(); i++) {
      if (kept.contains(features.get(i))) {
        profiles.put(features.get(i), counts.profile(i));
      }
    }
    return profiles;
  }
}
