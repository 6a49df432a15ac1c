package dev.millrace.drift.profile;

import dev.millrace.drift.profile.NumberCells.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Cuts the bins of a numeric feature from a weighted sample of the reference. */
final class BinCutter {
  /** Bins between the reference's smallest and largest value. */
  static final int BINS = 256;

  /** Least count of a heavy value, which must also have at least the average share of a bin. */
  private static final int MIN_HEAVY_COUNT = 10;

  /**
   * With more heavy values than this, fewer than 56 bins would be left for the others, and quantile
   * bins would hold about one value each.
   */
  private static final int MAX_HEAVY = 100;

  private BinCutter() {}

  /** A value that represents {@code weight} values. */
  record Weighted(double value, long weight) {}

  /**
   * @param sample at least one value, in any order
   * @param min the smallest value of the reference, in the sample or not
   * @param max the largest value of the reference
   */
  static NumberBins cut(List<Weighted> sample, double min, double max) {
    List<Weighted> values = distinct(sample);
    Set<Double> heavy = heavy(values);
    long lightWeight =
        values.stream().filter(v -> !heavy.contains(v.value)).mapToLong(Weighted::weight).sum();
    // A heavy value costs its own bin and splits the bin that it lies in.
    int lightBins = BINS - 2 * heavy.size();
    Edges edges = new Edges();
    edges.add(min);
    long before = 0;
    long bin = 0;
    for (Weighted v : values) {
      if (heavy.contains(v.value)) {
        edges.add(v.value);
        edges.add(Math.nextUp(v.value));
      } else {
        long next = (long) ((double) before * lightBins / lightWeight);
        if (next != bin) {
          edges.add(v.value);
          bin = next;
        }
        before += v.weight;
      }
    }
    edges.add(Math.nextUp(max));
    return NumberBins.of(edges.toArray());
  }

  /**
   * Bins that are unions of cells.
   *
   * @param cells at least one, in ascending order
   */
  static NumberBins cut(List<Cell> cells) {
    long total = cells.stream().mapToLong(Cell::count).sum();
    long heavyCells = cells.stream().filter(cell -> isHeavy(cell.count(), total)).count();
    boolean apart = heavyCells <= MAX_HEAVY;
    long lightWeight =
        cells.stream()
            .mapToLong(Cell::count)
            .filter(count -> !apart || !isHeavy(count, total))
            .sum();
    int lightBins = apart ? BINS - 2 * (int) heavyCells : BINS;
    Edges edges = new Edges();
    edges.add(cells.get(0).from());
    long before = 0;
    long bin = 0;
    for (Cell cell : cells) {
      if (apart && isHeavy(cell.count(), total)) {
        edges.add(cell.from());
        edges.add(cell.to());
        continue;
      }
      long next = (long) ((double) before * lightBins / lightWeight);
      if (next != bin) {
        edges.add(cell.from());
        bin = next;
      }
      before += cell.count();
    }
    edges.add(cells.get(cells.size() - 1).to());
    return NumberBins.of(edges.toArray());
  }

  private static boolean isHeavy(long count, long total) {
    return count >= MIN_HEAVY_COUNT && count * BINS >= total;
  }

  private static List<Weighted> distinct(List<Weighted> sample) {
    List<Weighted> sorted = new ArrayList<>(sample);
    sorted.sort(Comparator.comparingDouble(Weighted::value));
    List<Weighted> merged = new ArrayList<>();
    for (Weighted v : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).value == v.value) {
        merged.set(last, new Weighted(v.value, merged.get(last).weight + v.weight));
      } else {
        merged.add(v);
      }
    }
    return merged;
  }

  private static Set<Double> heavy(List<Weighted> values) {
    long total = values.stream().mapToLong(Weighted::weight).sum();
    Set<Double> heavy = new HashSet<>();
    for (Weighted v : values) {
      if (isHeavy(v.weight, total)) {
        heavy.add(v.value);
      }
    }
    return heavy.size() > MAX_HEAVY ? Set.of() : heavy;
  }

  /** Ascending edges; repeats and infinity are left out. */
  private static final class Edges {
    private final List<Double> edges = new ArrayList<>();

    void add(double edge) {
      if (edge < Double.POSITIVE_INFINITY
          && (edges.isEmpty() || edge > edges.get(edges.size() - 1))) {
        edges.add(edge);
      }
    }

    double[] toArray() {
      return edges.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }
}
