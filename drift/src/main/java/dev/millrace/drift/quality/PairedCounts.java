package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;

/**
 * Two models, such as champion and shadow, on the same labelled events: counts and exact sums that
 * add up. Not thread-safe.
 */
public final class PairedCounts {
  private final Moments brier = new Moments();
  private final Moments logLoss = new Moments();
  private long rows;
  private long onlyFirst;
  private long onlySecond;
  private long both;

  /**
   * Counts an event.
   *
   * @param first score of the first model, from 0 to 1
   * @param second score of the second model, from 0 to 1
   */
  public void add(
      double first, boolean firstDecision, double second, boolean secondDecision, boolean label) {
    boolean firstIsRight = firstDecision == label;
    boolean secondIsRight = secondDecision == label;
    rows++;
    both += firstIsRight && secondIsRight ? 1 : 0;
    onlyFirst += firstIsRight && !secondIsRight ? 1 : 0;
    onlySecond += secondIsRight && !firstIsRight ? 1 : 0;
    brier.add(squared(second, label) - squared(first, label));
    logLoss.add(logarithmic(second, label) - logarithmic(first, label));
  }

  /** Adds all counts of others. */
  public void add(PairedCounts other) {
    rows += other.rows;
    both += other.both;
    onlyFirst += other.onlyFirst;
    onlySecond += other.onlySecond;
    brier.add(other.brier);
    logLoss.add(other.logLoss);
  }

  /** Events counted. */
  public long rows() {
    return rows;
  }

  /** Events that only the first model decided as their label. */
  long onlyFirst() {
    return onlyFirst;
  }

  /** Events that only the second model decided as their label. */
  long onlySecond() {
    return onlySecond;
  }

  Moments brier() {
    return brier;
  }

  Moments logLoss() {
    return logLoss;
  }

  /** Writes the counts; {@link #read} reads them. */
  public void write(StateWriter out) {
    out.varint(rows);
    out.varint(both);
    out.varint(onlyFirst);
    out.varint(onlySecond);
    brier.write(out);
    logLoss.write(out);
  }

  /** Adds what {@link #write} wrote. */
  public void read(StateReader in) {
    rows += in.varint();
    both += in.varint();
    onlyFirst += in.varint();
    onlySecond += in.varint();
    brier.read(in);
    logLoss.read(in);
  }

  private static double squared(double score, boolean label) {
    double gap = score - (label ? 1 : 0);
    return gap * gap;
  }

  private static double logarithmic(double score, boolean label) {
    double bounded =
        Math.min(1 - BinaryCounts.LEAST_DISTANCE, Math.max(BinaryCounts.LEAST_DISTANCE, score));
    return -StrictMath.log(label ? bounded : 1 - bounded);
  }
}
