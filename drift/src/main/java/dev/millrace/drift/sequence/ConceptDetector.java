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
 * <p>A change may end. After an alarm the largest value of each size's statistic is remembered, and
 * the change has ended when that of the most likely size has fallen to its largest one over the
 * threshold: the end takes as much evidence as an alarm, however long the change has lasted. Then
 * the detector starts again. The labels of the change are not those of the error rate without one:
 * those since its most likely beginning are taken back, and none are added until it has ended.
 *
 * <p>An instance is used by one thread.
 */
public final class ConceptDetector {
  /** A new grid is made when labels have grown by this factor: its nodes are 1.4 times as dense. */
  private static final double GROWTH = 2;

  /** Statistics stay finite, and so do their sums. */
  private static final double LARGEST = 1e300;

  /** The statistic of a change that lasts; its square stays finite. */
  private static final double MOST_HELD = 1e100;

  private final ErrorReference reference;
  private final double dispersion;
  private final double threshold;
  private final Shifts shifts;
  private final double[][] statistics = new double[PosteriorGrid.NODES][Shifts.COUNT];
  private final ChangePoint[] changes = new ChangePoint[Shifts.COUNT];
  private PosteriorGrid grid;
  private LikelihoodRatios ratios;
  private double gridLabels;
  private double gridErrors;
  private long labels;
  private long errors;
  private double[] peaks = {};

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
    ratios = new LikelihoodRatios(reference, grid, shifts, dispersion);
  }

  /** Continues from a state of a detector with the same reference and dispersion. */
  public ConceptDetector(
      ErrorReference reference, double threshold, double dispersion, ConceptState state) {
    this(reference, threshold, dispersion);
    labels = state.labels();
    errors = state.errors();
    gridLabels = state.gridLabels();
    gridErrors = state.gridErrors();
    peaks = state.peaks().stream().mapToDouble(Double::doubleValue).toArray();
    grid = new PosteriorGrid(reference, gridLabels, gridErrors);
    ratios = new LikelihoodRatios(reference, grid, shifts, dispersion);
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
    List<Double> largest = Arrays.stream(peaks).boxed().toList();
    return new ConceptState(
        labels, errors, gridLabels, gridErrors, all, Arrays.asList(changes), largest);
  }

  /** Adds the next batch in event time. */
  public void add(ErrorBatch batch) {
    double sum = batch.errors() * reference.unit();
    if (sum > batch.labels()) {
      throw new IllegalArgumentException(
          "a batch of " + batch.labels() + " labels cannot have errors of " + sum);
    }
    double largest = 0;
    for (int g = 0; g < PosteriorGrid.NODES; g++) {
      double[] ofNode = statistics[g];
      for (int j = 0; j < Shifts.COUNT; j++) {
        ofNode[j] =
            Math.min((batch.span() + ofNode[j]) * ratios.ratio(g, j, batch.labels(), sum), LARGEST);
        largest = Math.max(largest, ofNode[j]);
      }
    }
    int center = PosteriorGrid.NODES / 2;
    for (int j = 0; j < Shifts.COUNT; j++) {
      changes[j] = changes[j].next(ratios.log(center, j, batch.labels(), sum), batch);
    }
    if (!isChanged()) {
      labels += batch.labels();
      errors += batch.errors();
      if (totalLabels() >= GROWTH * gridLabels) {
        refine();
      }
    }
    if (isChanged()) {
      follow(eachStatistic());
    } else if (largest >= threshold) { // Otherwise their average is not, either.
      Likely likely = mostLikely();
      if (likely.statistic() >= threshold) {
        takeBack(likely.change());
        peaks = eachStatistic();
      }
    }
  }

  private boolean isChanged() {
    return peaks.length > 0;
  }

  private void follow(double[] each) {
    int first = 0;
    for (int j = 0; j < Shifts.COUNT; j++) {
      peaks[j] = Math.max(peaks[j], each[j]);
      first = peaks[j] > peaks[first] ? j : first;
    }
    if (each[first] * threshold < peaks[first]) {
      peaks = new double[0];
      for (double[] ofNode : statistics) {
        Arrays.fill(ofNode, 0);
      }
      Arrays.fill(changes, ChangePoint.NONE);
    } else if (peaks[first] > MOST_HELD) {
      scale(MOST_HELD / peaks[first]);
    }
  }

  /** Only the proportions of the statistics matter while a change lasts. */
  private void scale(double factor) {
    for (double[] ofNode : statistics) {
      for (int j = 0; j < Shifts.COUNT; j++) {
        ofNode[j] *= factor;
      }
    }
    for (int j = 0; j < Shifts.COUNT; j++) {
      peaks[j] *= factor;
    }
  }

  /** Removes the labels of a change, unless fewer than those would be left for the error rate. */
  private void takeBack(ChangePoint change) {
    if (change.labels() <= labels && 2 * change.labels() <= reference.labels() + labels) {
      labels -= change.labels();
      errors -= change.errors();
      refine();
    }
  }

  /**
   * The most likely change.
   *
   * @param statistic over all changes
   * @param change the most likely beginning
   */
  private record Likely(double statistic, Direction direction, ChangePoint change) {}

  private Likely mostLikely() {
    double[] each = eachStatistic();
    double worse = 0;
    double better = 0;
    int worst = 0;
    int best = Shifts.SIZES;
    for (int j = 0; j < Shifts.COUNT; j++) {
      if (Shifts.worse(j)) {
        worse += each[j];
        worst = each[j] > each[worst] ? j : worst;
      } else {
        better += each[j];
        best = each[j] > each[best] ? j : best;
      }
    }
    return worse >= better
        ? new Likely(worse + better, Direction.WORSE, changes[worst])
        : new Likely(worse + better, Direction.BETTER, changes[best]);
  }

  /** The weighted statistic of each size of change, averaged over the error rates without one. */
  private double[] eachStatistic() {
    double[] posterior = grid.weights(totalLabels(), totalErrors());
    double[] each = new double[Shifts.COUNT];
    for (int j = 0; j < Shifts.COUNT; j++) {
      for (int g = 0; g < PosteriorGrid.NODES; g++) {
        each[j] += shifts.weight(j) * posterior[g] * statistics[g][j];
      }
    }
    return each;
  }

  /** The evidence of the batches so far. */
  public ConceptEvidence evidence() {
    Likely likely = mostLikely();
    ChangePoint change = likely.change();
    double errorsSince = change.errors() * reference.unit();
    // While a change lasts its labels are not among the total.
    double labelsOfChange = isChanged() ? 0 : change.labels() / dispersion;
    double errorsOfChange = isChanged() ? 0 : errorsSince / dispersion;
    double before = (totalErrors() - errorsOfChange) / (totalLabels() - labelsOfChange);
    return new ConceptEvidence(
        likely.statistic(),
        threshold,
        isChanged(),
        likely.direction(),
        before,
        change.labels() == 0 ? before : errorsSince / change.labels(),
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
    ratios = new LikelihoodRatios(reference, grid, shifts, dispersion);
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

  private double totalLabels() {
    return (reference.labels() + labels) / dispersion;
  }

  private double totalErrors() {
    return (reference.errors() + errors * reference.unit()) / dispersion;
  }
}
