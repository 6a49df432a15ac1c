package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.ExactSum;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import org.jspecify.annotations.Nullable;

/**
 * What the metrics of scores against labels of two classes need. Counts and exact sums: the same
 * rows give the same counts in any order and any division. Encoded it takes less than 8 KB for any
 * number of rows. Not thread-safe.
 */
public final class BinaryCounts {
  /** Bins of equal width of the calibration error (Guo et al., ICML 2017, use as many). */
  static final int CALIBRATION_BINS = 15;

  /** A score counts as at least this far from 0 and 1 in the log loss, as in scikit-learn. */
  static final double LEAST_DISTANCE = Math.ulp(1.0);

  private final ScoreHistogram scores = new ScoreHistogram();
  private final long[] binRows = new long[CALIBRATION_BINS];
  private final long[] binPositives = new long[CALIBRATION_BINS];
  private final ExactSum[] binScores = new ExactSum[CALIBRATION_BINS];
  private final Moments logLoss = new Moments();
  private final Moments brier = new Moments();
  private Confusion confusion = Confusion.NONE;
  private long outside;

  /** Counts of no row. */
  public BinaryCounts() {
    for (int i = 0; i < CALIBRATION_BINS; i++) {
      binScores[i] = new ExactSum();
    }
  }

  /**
   * Counts a row. A score that is not from 0 to 1 is no probability, and then the metrics of
   * probabilities and ranks are not computed.
   *
   * @param decision null: none was made
   */
  public void add(double score, @Nullable Boolean decision, boolean label) {
    if (decision != null) {
      confusion = confusion.plus(decision, label);
    }
    scores.add(score, label);
    if (!(score >= 0 && score <= 1)) {
      outside++;
      return;
    }
    int bin = Math.min(CALIBRATION_BINS - 1, (int) (score * CALIBRATION_BINS));
    binRows[bin]++;
    binPositives[bin] += label ? 1 : 0;
    binScores[bin].add(score);
    double bounded = Math.min(1 - LEAST_DISTANCE, Math.max(LEAST_DISTANCE, score));
    logLoss.add(-StrictMath.log(label ? bounded : 1 - bounded));
    double gap = score - (label ? 1 : 0);
    brier.add(gap * gap);
  }

  /** Adds all counts of others. */
  public void add(BinaryCounts other) {
    scores.add(other.scores);
    for (int i = 0; i < CALIBRATION_BINS; i++) {
      binRows[i] += other.binRows[i];
      binPositives[i] += other.binPositives[i];
      binScores[i].add(other.binScores[i]);
    }
    logLoss.add(other.logLoss);
    brier.add(other.brier);
    confusion = confusion.plus(other.confusion);
    outside += other.outside;
  }

  /** Rows counted. */
  public long total() {
    return scores.total();
  }

  /** Whether all scores were from 0 to 1. */
  boolean areProbabilities() {
    return outside == 0;
  }

  /** Scores by label. */
  public ScoreHistogram scores() {
    return scores;
  }

  /** Decisions against labels, of the rows with a decision. */
  public Confusion confusion() {
    return confusion;
  }

  Moments logLoss() {
    return logLoss;
  }

  Moments brier() {
    return brier;
  }

  long binRows(int bin) {
    return binRows[bin];
  }

  long binPositives(int bin) {
    return binPositives[bin];
  }

  double binScores(int bin) {
    return binScores[bin].value();
  }

  void write(StateWriter out) {
    scores.write(out);
    for (int i = 0; i < CALIBRATION_BINS; i++) {
      out.varint(binRows[i]);
      out.varint(binPositives[i]);
      binScores[i].write(out);
    }
    logLoss.write(out);
    brier.write(out);
    out.varint(confusion.truePositives());
    out.varint(confusion.falsePositives());
    out.varint(confusion.falseNegatives());
    out.varint(confusion.trueNegatives());
    out.varint(outside);
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    scores.read(in);
    for (int i = 0; i < CALIBRATION_BINS; i++) {
      binRows[i] += in.varint();
      binPositives[i] += in.varint();
      binScores[i].read(in);
    }
    logLoss.read(in);
    brier.read(in);
    confusion = confusion.plus(new Confusion(in.varint(), in.varint(), in.varint(), in.varint()));
    outside += in.varint();
  }
}
