package dev.millrace.drift.quality;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The probability of a positive label by score.
 *
 * <p>Isotonic regression of the labels of reference rows on their scores (Zadrozny, Elkan, KDD
 * 2002), by pooling adjacent violators: the probability never falls with the score. A bin without
 * reference rows takes the value between its neighbours.
 */
public final class Calibration {
  private final double[] probabilities;
  private final int[] blocks;
  private final double[] blockRows;
  private final double[] blockShares;

  private Calibration(
      double[] probabilities, int[] blocks, double[] blockRows, double[] blockShares) {
    this.probabilities = probabilities;
    this.blocks = blocks;
    this.blockRows = blockRows;
    this.blockShares = blockShares;
  }

  /** Takes scores as probabilities, without reference rows. */
  public static Calibration none() {
    double[] probabilities = new double[ScoreBins.COUNT];
    for (int bin = 0; bin < probabilities.length; bin++) {
      probabilities[bin] = ScoreBins.middle(bin);
    }
    return new Calibration(probabilities, new int[ScoreBins.COUNT], new double[0], new double[0]);
  }

  /**
   * The calibration by reference rows.
   *
   * @param reference null, or without a row of both labels: {@link #none()}
   */
  public static Calibration of(@Nullable ScoreHistogram reference) {
    if (reference == null || reference.total(true) == 0 || reference.total(false) == 0) {
      return none();
    }
    double[] rows = new double[ScoreBins.COUNT];
    double[] positives = new double[ScoreBins.COUNT];
    int[] last = new int[ScoreBins.COUNT];
    int size = 0;
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      double more = reference.count(bin, true);
      rows[size] = reference.count(bin, false) + more;
      positives[size] = more;
      last[size] = bin;
      if (rows[size] > 0) {
        size++;
      }
      while (size > 1
          && positives[size - 2] * rows[size - 1] >= positives[size - 1] * rows[size - 2]) {
        rows[size - 2] += rows[size - 1];
        positives[size - 2] += positives[size - 1];
        last[size - 2] = last[size - 1];
        size--;
      }
    }
    return fill(reference, rows, positives, last, size);
  }

  private static Calibration fill(
      ScoreHistogram reference, double[] rows, double[] positives, int[] last, int size) {
    double[] probabilities = new double[ScoreBins.COUNT];
    int[] blocks = new int[ScoreBins.COUNT];
    int block = 0;
    int before = -1;
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      if (bin > last[block] && block < size - 1) {
        block++;
      }
      blocks[bin] = block;
      probabilities[bin] = positives[block] / rows[block];
      boolean seen = reference.count(bin, false) + reference.count(bin, true) > 0;
      if (seen) {
        if (before >= 0) {
          interpolate(probabilities, before, bin);
        }
        before = bin;
      }
    }
    double[] shares = new double[size];
    for (int i = 0; i < size; i++) {
      shares[i] = positives[i] / rows[i];
    }
    return new Calibration(probabilities, blocks, Arrays.copyOf(rows, size), shares);
  }

  private static void interpolate(double[] probabilities, int from, int to) {
    double low = probabilities[from];
    double high = probabilities[to];
    double start = ScoreBins.middle(from);
    double width = ScoreBins.middle(to) - start;
    for (int bin = from + 1; bin < to; bin++) {
      probabilities[bin] = low + (high - low) * (ScoreBins.middle(bin) - start) / width;
    }
  }

  /** Whether reference rows calibrated the scores. */
  public boolean isFitted() {
    return blockRows.length > 0;
  }

  /** The probability of a positive label of a score in a bin. */
  double probability(int bin) {
    return probabilities[bin];
  }

  /** The pool of bins that a bin is in. */
  int block(int bin) {
    return blocks[bin];
  }

  /** The number of pools; 0 without reference rows. */
  int blocks() {
    return blockRows.length;
  }

  /** Share of positive labels in a pool. */
  double share(int block) {
    return blockShares[block];
  }

  /** Reference rows of a pool. */
  double rows(int block) {
    return blockRows[block];
  }
}
