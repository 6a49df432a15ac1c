package dev.millrace.drift.sequence;

/** The likelihood ratios of each {@link Shifts shift} from each node of a {@link PosteriorGrid}. */
final class LikelihoodRatios {
  private final Shifts shifts;
  private final double dispersion;
  private final double[][] growth = new double[PosteriorGrid.NODES][Shifts.COUNT];
  // Most batches have one label; exponentials of these are computed once.
  private final double[][] ofRight = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final double[][] ofWrong = new double[PosteriorGrid.NODES][Shifts.COUNT];

  LikelihoodRatios(ErrorReference reference, PosteriorGrid grid, Shifts shifts, double dispersion) {
    this.shifts = shifts;
    this.dispersion = dispersion;
    for (int g = 0; g < PosteriorGrid.NODES; g++) {
      for (int j = 0; j < Shifts.COUNT; j++) {
        growth[g][j] = reference.logPartition(grid.node(g) + shifts.shift(j)) - grid.partition(g);
        ofRight[g][j] = StrictMath.exp(log(g, j, 1, 0));
        ofWrong[g][j] = StrictMath.exp(log(g, j, 1, 1));
      }
    }
  }

  /**
   * The log likelihood ratio of a shift, over the dispersion.
   *
   * @param g node of the grid
   * @param j number of the shift
   * @param count labels
   * @param sum of their errors
   */
  double log(int g, int j, long count, double sum) {
    return (shifts.shift(j) * sum - count * growth[g][j]) / dispersion;
  }

  /** The exponential of {@link #log}. */
  double ratio(int g, int j, long count, double sum) {
    if (count == 1 && sum == 0) {
      return ofRight[g][j];
    }
    return count == 1 && sum == 1 ? ofWrong[g][j] : StrictMath.exp(log(g, j, count, sum));
  }
}
