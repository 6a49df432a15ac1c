package dev.millrace.drift.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the slices of a row. A sliced input is a feature, too, and its value is counted in a cell:
 * the cell names the slice, so that no value is looked up twice.
 */
public final class Slicer {
  /** The slice of a row whose value has none. */
  public static final int NONE = -1;

  /** Without slices. */
  public static final Slicer EMPTY =
      new Slicer(new int[0], new int[0][], 0, new CellLayout(List.of()));

  private final int[] features;
  private final int[][] slices;
  private final int size;
  private final CellLayout layout;

  private Slicer(int[] features, int[][] slices, int size, CellLayout layout) {
    this.features = features;
    this.slices = slices;
    this.size = size;
    this.layout = layout;
  }

  /**
   * The slices of rows that are counted over some bins.
   *
   * @param slices of inputs that are among the features
   * @param counted the features, in the order in which they are counted
   * @throws IllegalArgumentException if a sliced input has no bins of categories
   */
  static Slicer of(List<Slice> slices, List<? extends CountedFeature> counted) {
    List<Bins> bins = new ArrayList<>();
    for (CountedFeature feature : slices.isEmpty() ? List.<CountedFeature>of() : counted) {
      if (!(feature instanceof Reference reference)) {
        throw new IllegalArgumentException(
            "the bins of '%s' are not cut, and slices are counted in bins"
                .formatted(feature.feature()));
      }
      bins.add(reference.bins());
    }
    return over(slices, counted.stream().map(CountedFeature::feature).toList(), bins);
  }

  /**
   * The slices of rows that are counted over some bins.
   *
   * @param slices of inputs that are among the features
   * @param features their names, in the order in which they are counted
   * @param bins of each feature
   * @throws IllegalArgumentException if a sliced input has no bins of categories
   */
  public static Slicer over(List<Slice> slices, List<String> features, List<Bins> bins) {
    if (slices.isEmpty()) {
      return EMPTY;
    }
    Map<Integer, int[]> byFeature = new LinkedHashMap<>();
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      int feature = features.indexOf(slice.input());
      if (feature < 0 || !(bins.get(feature) instanceof CategoryBins categories)) {
        throw new IllegalArgumentException(
            "the sliced input '%s' has no categories in the profile".formatted(slice.input()));
      }
      int[] ofCell = byFeature.computeIfAbsent(feature, unknown -> none(categories.cells()));
      if (slice.value() != null) {
        ofCell[categories.bin(slice.value())] = i;
      }
    }
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      if (slice.isOthers()) {
        putOthers(Objects.requireNonNull(byFeature.get(features.indexOf(slice.input()))), i);
      }
    }
    return new Slicer(
        byFeature.keySet().stream().mapToInt(Integer::intValue).toArray(),
        byFeature.values().toArray(new int[0][]),
        slices.size(),
        new CellLayout(bins));
  }

  private static void putOthers(int[] ofCell, int slice) {
    for (int cell = 0; cell < ofCell.length; cell++) {
      ofCell[cell] = ofCell[cell] == NONE ? slice : ofCell[cell];
    }
  }

  private static int[] none(int cells) {
    int[] none = new int[cells];
    Arrays.fill(none, NONE);
    return none;
  }

  /** The number of slices. */
  public int size() {
    return size;
  }

  /** The number of inputs whose slices are counted; a row is in at most one slice of each. */
  public int inputs() {
    return features.length;
  }

  /**
   * The slice of a row, or {@link #NONE}.
   *
   * @param input from 0 to {@link #inputs()}
   * @param cells of the row's values, by feature
   */
  public int slice(int input, int[] cells) {
    return slices[input][cells[features[input]]];
  }

  /** Counts without rows. */
  public SliceCounts newCounts() {
    return new SliceCounts(layout);
  }

  /**
   * Reads what {@link SliceCounts#toBytes()} wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged
   */
  public SliceCounts decode(byte[] bytes) {
    return SliceCounts.fromBytes(layout, bytes);
  }
}
