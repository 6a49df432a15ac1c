package dev.millrace.drift.training;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.ProfileBuilder;
import dev.millrace.drift.training.TrainingProfile.Block;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Divides training rows into blocks as long as a drift window, in the two passes over them. */
final class BlockProfiler {
  /**
   * Largest number of blocks, times the number of features. A block of a feature has at most 0.9 KB
   * in the file and 3 KB in memory.
   */
  static final int MAX_PROFILES = 25_000;

  private final @Nullable Duration length;
  private final int maxBlocks;
  private final Set<Long> starts = new HashSet<>();
  private final TreeMap<Long, Counts> blocks = new TreeMap<>();
  private long rows;
  private long rowsWithoutTime;
  private @Nullable Object unreadable;
  private @Nullable Counts open;

  /** The counts of one block, in the order of the features. */
  private static final class Counts {
    final List<Profile> profiles = new ArrayList<>();
    final int number;
    long rows;

    Counts(int number) {
      this.number = number;
    }
  }

  /**
   * @param length of a block; null without drift windows
   * @param features their number
   */
  BlockProfiler(@Nullable Duration length, int features) {
    this.length = length;
    this.maxBlocks = MAX_PROFILES / features;
  }

  /**
   * A row of the first pass.
   *
   * @param time its event time
   * @param written what the row has as event time
   */
  void see(@Nullable Instant time, @Nullable Object written) {
    rows++;
    if (time == null) {
      rowsWithoutTime++;
      unreadable = unreadable == null ? written : unreadable;
    } else if (length != null && starts.size() <= maxBlocks) {
      starts.add(start(time, length));
    }
  }

  /** Why there are no blocks, after the first pass; null if there are. */
  @Nullable String missing() {
    if (length == null) {
      return "the pipeline has no 'drift' section, whose window is the length of a block";
    }
    if (rowsWithoutTime > 0) {
      return "%,d of %,d rows have no event_time%s"
          .formatted(
              rowsWithoutTime,
              rows,
              unreadable == null
                  ? ""
                  : " that can be read, such as '%s'; write it with its zone, as %s, or in milliseconds since 1970"
                      .formatted(unreadable, EventTimes.EXAMPLE));
    }
    return starts.size() <= maxBlocks
        ? null
        : "the rows are in more than %,d windows of %s, the most for this number of inputs; take rows of a shorter period, or a longer drift.window"
            .formatted(maxBlocks, Durations.format(length));
  }

  /**
   * A row of the second pass, before its values are added to the builders.
   *
   * @param builders of the features
   */
  void begin(@Nullable Instant time, List<ProfileBuilder> builders) {
    if (length == null || time == null || missing() != null) {
      return;
    }
    Counts counts =
        blocks.computeIfAbsent(start(time, length), unknown -> new Counts(blocks.size()));
    if (counts != open) {
      for (int i = 0; i < builders.size(); i++) {
        if (i == counts.profiles.size()) {
          counts.profiles.add(builders.get(i).newBlock());
        }
        builders.get(i).countIn(counts.number, counts.profiles.get(i));
      }
      open = counts;
    }
    counts.rows++;
  }

  /** The start of the block of a row, after the first pass; null if there are no blocks. */
  @Nullable Long startMillis(@Nullable Instant time) {
    return length == null || time == null || missing() != null ? null : (Long) start(time, length);
  }

  /** The starts of all blocks, after the first pass; empty if there are none. */
  SortedSet<Long> starts() {
    return missing() == null ? new TreeSet<>(starts) : new TreeSet<>();
  }

  private static long start(Instant time, Duration length) {
    long millis = length.toMillis();
    return Math.floorDiv(time.toEpochMilli(), millis) * millis;
  }

  /**
   * The blocks, after the second pass; null if there are none.
   *
   * @param features the name of each; a feature that is left out of the profile is null
   * @param builders of the features
   */
  @Nullable Blocks build(List<@Nullable String> features, List<ProfileBuilder> builders) {
    if (length == null || missing() != null) {
      return null;
    }
    List<Map<Integer, Long>> unseen = builders.stream().map(ProfileBuilder::unseenRows).toList();
    List<Block> built = new ArrayList<>();
    blocks.forEach(
        (start, counts) -> {
          Map<String, Profile> profiles = new LinkedHashMap<>();
          Map<String, Long> unseenRows = new HashMap<>();
          for (int i = 0; i < features.size(); i++) {
            String feature = features.get(i);
            if (feature != null) {
              Profile profile = counts.profiles.get(i);
              profiles.put(feature, profile.countsOnly());
              if (profile.bins() instanceof CategoryBins) {
                unseenRows.put(feature, unseen.get(i).getOrDefault(counts.number, 0L));
              }
            }
          }
          built.add(new Block(Instant.ofEpochMilli(start), counts.rows, profiles, unseenRows));
        });
    return new Blocks(length, built);
  }
}
