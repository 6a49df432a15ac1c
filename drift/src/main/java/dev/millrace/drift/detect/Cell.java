package dev.millrace.drift.detect;

import java.util.Comparator;
import java.util.List;

/**
 * Some of a feature's values, on both sides of a comparison.
 *
 * @param label a range of numbers, a number, a category in quotes, or the kind of value
 * @param referenceShare of the training rows, from 0 to 1
 * @param windowShare of the window's predictions, from 0 to 1
 */
public record Cell(String label, double referenceShare, double windowShare) {
  private static final double LN2 = StrictMath.log(2);

  /** What the cell adds to the squared Jensen-Shannon distance, base 2; never negative. */
  double divergence() {
    double middle = (referenceShare + windowShare) / 2;
    return (part(referenceShare, middle) + part(windowShare, middle)) / 2;
  }

  private static double part(double share, double middle) {
    return share == 0 ? 0 : share * StrictMath.log(share / middle) / LN2;
  }

  /**
   * The cells that add most to the distance, the largest part first, without cells of equal shares.
   */
  public static List<Cell> mostChanged(List<Cell> cells, int most) {
    return cells.stream()
        .filter(cell -> cell.referenceShare() != cell.windowShare())
        .sorted(Comparator.comparingDouble(Cell::divergence).reversed())
        .limit(most)
        .toList();
  }
}
