package dev.millrace.drift.profile;

import dev.millrace.drift.profile.NumberCells.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A feature whose bins were cut from counts in cells. Each bin is a union of whole cells, so later
 * counts in cells have exact counts over the bins, too.
 */
public final class CutFeature {
  private final Reference reference;
  private final Map<Integer, Integer> binsOfBuckets;

  private CutFeature(Reference reference, Map<Integer, Integer> binsOfBuckets) {
    this.reference = reference;
    this.binsOfBuckets = binsOfBuckets;
  }

  /** Cuts bins at the quantiles of a feature's counts, which become its reference. */
  public static CutFeature of(String feature, UncutCounts counts) {
    List<Cell> cells = counts.cells();
    return cells == null ? categories(feature, counts) : numbers(feature, counts, cells);
  }

  /** The reference; {@code distinct} is its number of cells. */
  public Reference reference() {
    return reference;
  }

  /** Counts in cells as counts over the bins. */
  public Profile over(UncutCounts counts) {
    return over(reference.bins(), counts, binsOfBuckets);
  }

  private static Profile over(Bins bins, UncutCounts counts, Map<Integer, Integer> ofBuckets) {
    long[] inBins = new long[bins.size()];
    List<Cell> cells = counts.cells();
    if (cells != null && bins instanceof NumberBins numbers) {
      cells.forEach(cell -> inBins[numbers.bin(cell.from())] += cell.count());
    } else if (bins instanceof CategoryBins categories) {
      counts
          .categories()
          .counts()
          .forEach(
              (bucket, count) ->
                  inBins[ofBuckets.getOrDefault(bucket, categories.unseen())] += count);
    }
    return Profile.of(bins, inBins, counts.unbinned(), counts.min(), counts.max());
  }

  private static CutFeature numbers(String feature, UncutCounts counts, List<Cell> cells) {
    NumberBins bins = cells.isEmpty() ? NumberBins.of() : BinCutter.cut(cells);
    long n = 0;
    double sum = 0;
    for (Cell cell : cells) {
      n += cell.count();
      sum += cell.middle() * cell.count();
    }
    double mean = n == 0 ? 0 : sum / n;
    double squares = 0;
    for (Cell cell : cells) {
      squares += cell.count() * (cell.middle() - mean) * (cell.middle() - mean);
    }
    double sd = Math.sqrt(squares / Math.max(1, n));
    boolean overflow = !Double.isFinite(mean) || !Double.isFinite(sd);
    Profile profile = over(bins, counts, Map.of());
    return new CutFeature(
        new Reference(
            feature, profile, overflow ? 0 : mean, overflow ? 0 : sd, cells.size(), 0, 0L),
        Map.of());
  }

  /** Buckets are what the tests compare, so their numbers are those of singletons, too. */
  private static CutFeature categories(String feature, UncutCounts counts) {
    Map<Integer, Long> buckets = counts.categories().counts();
    List<Integer> ranked = new ArrayList<>(buckets.keySet());
    ranked.sort(
        Comparator.<Integer>comparingLong(bucket -> -count(buckets, bucket))
            .thenComparing(Comparator.naturalOrder()));
    int top = Math.min(ProfileBuilder.TOP_CATEGORIES, ranked.size());
    Map<Integer, Integer> binsOf = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ranked.size(); i++) {
      binsOf.put(ranked.get(i), Math.min(i, top));
      if (i < top) {
        names.add(counts.categories().name(ranked.get(i)));
      }
    }
    long[] others = ranked.stream().skip(top).mapToLong(Integer::longValue).toArray();
    CategoryBins bins = CategoryBins.of(names, others, false);
    Profile profile = over(bins, counts, binsOf);
    return new CutFeature(
        new Reference(
            feature, profile, 0, 0, buckets.size(), occurring(buckets, 1), occurring(buckets, 2)),
        binsOf);
  }

  private static long count(Map<Integer, Long> buckets, int bucket) {
    return Objects.requireNonNull(buckets.get(bucket));
  }

  private static long occurring(Map<Integer, Long> buckets, long times) {
    return buckets.values().stream().filter(count -> count == times).count();
  }
}
