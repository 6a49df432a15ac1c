package dev.millrace.drift.sequence;

import dev.millrace.drift.sequence.ConceptEvidence.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds a lasting change of the errors of a model in the order of event time: a Shiryaev-Roberts
 * procedure for a mixture of changes (Pollak, Annals of Statistics 13, 1985; Tartakovsky,
 * Nikiforov, Basseville: "Sequential Analysis", 2014, chapter 8).
 *
 * <p>The error rate without a change is not known either: it has the posterior distribution given
 * the labels of the reference and of the stream, on a {@link PosteriorGrid}. With N labels so far
 * and L the likelihood, the statistic is the sum over all batches k of L(change at k) / L(no
 * change), both averaged over that distribution. While nothing changes its mean grows by the span
 * of each batch, so that the mean span until it reaches a threshold is at least the threshold. That
 * mean is over the error rates that the reference leaves possible, too.
 *
 * <p>Rows of a window depend on each other. Log likelihoods are therefore divided by a dispersion,
 * the variance of counts of errors over that of independent rows (McCullagh, Nelder: "Generalized
 * Linear Models", 1989, section 4.5); the same holds for the labels of the reference.
 *
 * <p>An instance is used by one thread.
 */
public final class ConceptDetector {
  /** A new grid is made when labels have grown by this factor: its nodes are 1.4 times as dense. */
  private static final double GROWTH = 2;

  /** Statistics stay finite, and so do their sums. */
  private static final double LARGEST = 1e300;

  private final ErrorReference reference;
  private final double dispersion;
  private final double threshold;
  private final Shifts shifts;
  private final double[][] statistics = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final double[][] growth = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final double[][] rightFactor = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final double[][] wrongFactor = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final ChangePoint[] changes = new ChangePoint[Shifts.COUNT];
  private PosteriorGrid grid;
  private double gridLabels;
  private double gridErrors;
  private long labels;
  private long errors;

  /**
   * @param reference what is known of the errors without a change
   * @param threshold the least mean time between false alarms, in the unit of {@link
   *     ErrorBatch#span()}
   * @param dispersion at least 1; 1 for independent rows
   */
  public ConceptDetector(ErrorReference reference, double threshold, double dispersion) {
    if (!(threshold > 0) || !(dispersion >= 1) || Double.isInfinite(dispersion)) {
      throw new IllegalArgumentException(
          "the threshold must be positive and the dispersion at least 1, but they are "
              + threshold
              + " and "
              + dispersion);
    }
    this.reference = reference;
    this.threshold = threshold;
    this.dispersion = dispersion;
    Arrays.fill(changes, ChangePoint.NONE);
    shifts = new Shifts(reference.smallestShift());
    gridLabels = totalLabels();
    gridErrors = totalErrors();
    grid = new PosteriorGrid(reference, gridLabels, gridErrors);
    fillTables();
  }

  /** Continues from a state of a detector with the same reference and dispersion. */
  public ConceptDetector(
      ErrorReference reference, double threshold, double dispersion, ConceptState state) {
    this(reference, threshold, dispersion);
    labels = state.labels();
    errors = state.errors();
    gridLabels = state.gridLabels();
    gridErrors = state.gridErrors();
    grid = new PosteriorGrid(reference, gridLabels, gridErrors);
    fillTables();
    for (int g = 0; g < PosteriorGrid.NODES; g++) {
      for (int j = 0; j < Shifts.COUNT; j++) {
        statistics[g][j] = state.statistics().get(g * Shifts.COUNT + j);
      }
    }
    for (int j = 0; j < Shifts.COUNT; j++) {
      changes[j] = state.changes().get(j);
    }
  }

  /** The state, for a restart. */
  public ConceptState state() {
    List<Double> all = new ArrayList<>(PosteriorGrid.NODES * Shifts.COUNT);
    for (double[] ofNode : statistics) {
      for (double one : ofNode) {
        all.add(one);
      }
    }
    return new ConceptState(labels, errors, gridLabels, gridErrors, all, Arrays.asList(changes));
  }

  /** Adds the next batch in event time. */
  public void add(ErrorBatch batch) {
    double sum = batch.errors() * reference.unit();
    if (sum > batch.labels()) {
      throw new IllegalArgumentException(
          "a batch of " + batch.labels() + " labels cannot have errors of " + sum);
    }
    for (int g = 0; g < PosteriorGrid.NODES; g++) {
      double[] ofNode = statistics[g];
      for (int j = 0; j < Shifts.COUNT; j++) {
        ofNode[j] =
            Math.min((batch.span() + ofNode[j]) * ratio(g, j, batch.labels(), sum), LARGEST);
      }
    }
    int center = PosteriorGrid.NODES / 2;
    for (int j = 0; j < Shifts.COUNT; j++) {
      changes[j] = changes[j].next(logRatio(center, j, batch.labels(), sum), batch);
    }
    labels += batch.labels();
    errors += batch.errors();
    if (totalLabels() >= GROWTH * gridLabels) {
      refine();
    }
  }

  /** What the batches so far say. */
  public ConceptEvidence evidence() {
    double[] posterior = grid.weights(totalLabels(), totalErrors());
    double worse = 0;
    double better = 0;
    int worst = 0;
    int best = Shifts.SIZES;
    double[] each = new double[Shifts.COUNT];
    for (int j = 0; j < Shifts.COUNT; j++) {
      for (int g = 0; g < PosteriorGrid.NODES; g++) {
        each[j] += shifts.weight(j) * posterior[g] * statistics[g][j];
      }
      if (Shifts.worse(j)) {
        worse += each[j];
        worst = each[j] > each[worst] ? j : worst;
      } else {
        better += each[j];
        best = each[j] > each[best] ? j : best;
      }
    }
    return worse >= better
        ? evidence(worse + better, Direction.WORSE, changes[worst])
        : evidence(worse + better, Direction.BETTER, changes[best]);
  }

  private ConceptEvidence evidence(double statistic, Direction direction, ChangePoint change) {
    double changed = change.errors() * reference.unit();
    double before =
        (totalErrors() - changed / dispersion) / (totalLabels() - change.labels() / dispersion);
    return new ConceptEvidence(
        statistic,
        threshold,
        direction,
        before,
        change.labels() == 0 ? before : changed / change.labels(),
        change.sinceMillis(),
        change.labels());
  }

  /**
   * Carries the statistics over to a finer grid. What is interpolated is the logarithm of the
   * likelihood of a change, statistic times density, which is smooth where a statistic is not.
   */
  private void refine() {
    PosteriorGrid coarse = grid;
    gridLabels = totalLabels();
    gridErrors = totalErrors();
    grid = new PosteriorGrid(reference, gridLabels, gridErrors);
    fillTables();
    double[] logs = new double[PosteriorGrid.NODES];
    double[] old = new double[PosteriorGrid.NODES];
    for (int j = 0; j < Shifts.COUNT; j++) {
      for (int g = 0; g < PosteriorGrid.NODES; g++) {
        old[g] = Math.max(statistics[g][j], Double.MIN_NORMAL);
        logs[g] = StrictMath.log(old[g]) + coarse.logDensity(g, gridLabels, gridErrors);
      }
      for (int g = 0; g < PosteriorGrid.NODES; g++) {
        double t = grid.node(g);
        double log = coarse.interpolate(logs, t) - grid.logDensity(g, gridLabels, gridErrors);
        double beyond = old[t < coarse.node(0) ? 0 : PosteriorGrid.NODES - 1];
        statistics[g][j] = coarse.contains(t) ? Math.min(StrictMath.exp(log), LARGEST) : beyond;
      }
    }
  }

  private void fillTables() {
    for (int g = 0; g < PosteriorGrid.NODES; g++) {
      for (int j = 0; j < Shifts.COUNT; j++) {
        growth[g][j] = reference.logPartition(grid.node(g) + shifts.shift(j)) - grid.partition(g);
        rightFactor[g][j] = StrictMath.exp(logRatio(g, j, 1, 0));
        wrongFactor[g][j] = StrictMath.exp(logRatio(g, j, 1, 1));
      }
    }
  }

  /** The log likelihood ratio of the shift from the node. */
  private double logRatio(int g, int j, long count, double sum) {
    return (shifts.shift(j) * sum - count * growth[g][j]) / dispersion;
  }

  private double ratio(int g, int j, long count, double sum) {
    if (count == 1 && sum == 0) {
      return rightFactor[g][j];
    }
    return count == 1 && sum == 1 ? wrongFactor[g][j] : StrictMath.exp(logRatio(g, j, count, sum));
  }

  private double totalLabels() {
    return (reference.labels() + labels) / dispersion;
  }

  private double totalErrors() {
    return (reference.errors() + errors * reference.unit()) / dispersion;
  }
}
