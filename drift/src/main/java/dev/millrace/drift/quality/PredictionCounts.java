package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import org.jspecify.annotations.Nullable;

/** Counts of scores whose labels are not known yet. Not thread-safe. */
public final class PredictionCounts {
  private final ScoreHistogram scores = new ScoreHistogram();
  private long undecided;
  private long outside;

  /**
   * Counts a prediction.
   *
   * @param decision null: none was made
   */
  public void add(double score, @Nullable Boolean decision) {
    scores.add(score, decision != null && decision);
    undecided += decision == null ? 1 : 0;
    outside += score >= 0 && score <= 1 ? 0 : 1;
  }

  /** Adds all counts of others. */
  public void add(PredictionCounts other) {
    scores.add(other.scores);
    undecided += other.undecided;
    outside += other.outside;
  }

  /** Predictions counted. */
  public long total() {
    return scores.total();
  }

  /** Scores by decision. */
  ScoreHistogram scores() {
    return scores;
  }

  /** Whether every prediction has a decision. */
  boolean areDecided() {
    return undecided == 0;
  }

  /** Whether all scores were from 0 to 1. */
  boolean areProbabilities() {
    return outside == 0;
  }

  void write(StateWriter out) {
    scores.write(out);
    out.varint(undecided);
    out.varint(outside);
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    scores.read(in);
    undecided += in.varint();
    outside += in.varint();
  }
}
