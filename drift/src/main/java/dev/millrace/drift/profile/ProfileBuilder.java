package dev.millrace.drift.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Reference} from values that are streamed twice: add them all, {@link #cut()} the
 * bins, add them all again, {@link #build()}. The second pass makes the reference's counts exact;
 * with counts from a sketch every later test would have its rank error.
 */
public final class ProfileBuilder {
  /** Categories with a bin of their own: with names of 16 letters, 4 of a feature's 8 KB. */
  static final int TOP_CATEGORIES = 64;

  /** Number of hashes of rarer categories, 8 bytes each: 1.5 of a feature's 8 KB. */
  static final int OTHER_CATEGORIES = 192;

  /** Largest number of different categories; a feature with more is an identifier. */
  static final int MAX_CATEGORIES = 1_000_000;

  /** The cell of a value of the first pass: the bins are not cut yet. */
  public static final int NOT_COUNTED = -1;

  private final String feature;
  private final @Nullable QuantileSketch sketch;
  private final Map<String, Long> frequencies = new HashMap<>();
  private @Nullable Profile profile;
  private @Nullable Profile block;
  private int blockNumber;
  private final Map<String, Home> homes = new HashMap<>();
  private long singletons;
  private long doubletons;
  private long finite;
  private double mean;
  private double squares;

  /** The block that a category is in. */
  private static final class Home {
    final int block;
    long rows;
    boolean others;

    Home(int block) {
      this.block = block;
    }
  }

  private ProfileBuilder(String feature, @Nullable QuantileSketch sketch) {
    this.feature = feature;
    this.sketch = sketch;
  }

  /** A builder for a numeric feature. */
  public static ProfileBuilder numbers(String feature) {
    return new ProfileBuilder(feature, new QuantileSketch());
  }

  /** A builder for a feature of text or booleans. */
  public static ProfileBuilder categories(String feature) {
    return new ProfileBuilder(feature, null);
  }

  /**
   * Adds a number.
   *
   * @return the cell in which it was counted, or {@link #NOT_COUNTED}
   */
  public int add(double value) {
    Profile counted = profile;
    if (counted == null) {
      if (sketch != null && Double.isFinite(value)) {
        sketch.add(value + 0.0);
      }
      return NOT_COUNTED;
    }
    final int cell = counted.add(value);
    if (block != null) {
      block.add(value);
    }
    if (sketch != null && Double.isFinite(value)) {
      // Welford's recurrence (Technometrics 4, 1962).
      finite++;
      double delta = value - mean;
      mean += delta / finite;
      squares += delta * (value - mean);
    }
    return cell;
  }

  /**
   * Adds a category.
   *
   * @return the cell in which it was counted, or {@link #NOT_COUNTED}
   * @throws IllegalArgumentException if there are too many different categories
   */
  public int add(String value) {
    if (profile != null) {
      if (block != null) {
        block.add(value);
        if (sketch == null) {
          Home home = homes.computeIfAbsent(value, unknown -> new Home(blockNumber));
          home.rows++;
          home.others |= home.block != blockNumber;
        }
      }
      return profile.add(value);
    }
    if (sketch == null) {
      frequencies.merge(value, 1L, Long::sum);
      if (frequencies.size() > MAX_CATEGORIES) {
        throw new IllegalArgumentException(
            "'"
                + feature
                + "' has more than "
                + MAX_CATEGORIES
                + " different values: an identifier, not a category; leave it out of the inputs");
      }
    }
    return NOT_COUNTED;
  }

  /**
   * Adds a missing value.
   *
   * @return the cell in which it was counted, or {@link #NOT_COUNTED}
   */
  public int addNull() {
    if (profile == null) {
      return NOT_COUNTED;
    }
    if (block != null) {
      block.addNull();
    }
    return profile.addNull();
  }

  /** An empty profile over the bins, to count a block with. */
  public Profile newBlock() {
    return new Profile(bins());
  }

  /**
   * Counts the next values of the second pass in the profile of their block, too.
   *
   * @param number of the block
   * @param counts see {@link #newBlock}
   */
  public void countIn(int number, Profile counts) {
    blockNumber = number;
    block = counts;
  }

  /**
   * The number of rows in each block with categories that no other block has, after the second
   * pass, by the number of the block; without blocks in which there are none.
   */
  public Map<Integer, Long> unseenRows() {
    Map<Integer, Long> rows = new HashMap<>();
    for (Home home : homes.values()) {
      if (!home.others) {
        rows.merge(home.block, home.rows, Long::sum);
      }
    }
    return rows;
  }

  /** Ends the first pass: cuts the bins from the values so far. */
  public Bins cut() {
    if (profile != null) {
      throw new IllegalStateException("the bins of '" + feature + "' are cut already");
    }
    Bins bins = sketch != null ? cutNumbers(sketch) : cutCategories();
    profile = new Profile(bins);
    return bins;
  }

  /** The bins, after the first pass. */
  public Bins bins() {
    if (profile == null) {
      throw new IllegalStateException("the bins of '" + feature + "' are not cut yet: call cut()");
    }
    return profile.bins();
  }

  /** Ends the second pass. */
  public Reference build() {
    if (profile == null) {
      throw new IllegalStateException(
          "the bins of '" + feature + "' are not cut yet: call cut(), then add the values again");
    }
    double sd = Math.sqrt(squares / Math.max(1, finite));
    boolean overflow = !Double.isFinite(mean) || !Double.isFinite(sd);
    return new Reference(
        feature,
        profile.withoutDistinct(),
        overflow ? 0 : mean,
        overflow ? 0 : sd,
        profile.distinct(),
        singletons,
        doubletons);
  }

  private static NumberBins cutNumbers(QuantileSketch sketch) {
    List<BinCutter.Weighted> values = sketch.values();
    return values.isEmpty() ? NumberBins.of() : BinCutter.cut(values, sketch.min(), sketch.max());
  }

  private CategoryBins cutCategories() {
    List<Map.Entry<String, Long>> ranked = new ArrayList<>(frequencies.entrySet());
    ranked.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    int top = Math.min(TOP_CATEGORIES, ranked.size());
    List<Map.Entry<String, Long>> rest = ranked.subList(top, ranked.size());
    boolean open = rest.size() > OTHER_CATEGORIES;
    long[] others =
        open ? new long[0] : rest.stream().mapToLong(e -> Hashes.of(e.getKey())).toArray();
    singletons = ranked.stream().filter(e -> e.getValue() == 1).count();
    doubletons = ranked.stream().filter(e -> e.getValue() == 2).count();
    List<String> values = ranked.subList(0, top).stream().map(Map.Entry::getKey).toList();
    frequencies.clear();
    return CategoryBins.of(values, others, open);
  }
}
