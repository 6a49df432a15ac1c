package dev.millrace.drift.quality;

/**
 * Decisions against labels.
 *
 * @param truePositives decided positive, label positive
 * @param falsePositives decided positive, label negative
 * @param falseNegatives decided negative, label positive
 * @param trueNegatives decided negative, label negative
 */
public record Confusion(
    long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {
  /** No row. */
  public static final Confusion NONE = new Confusion(0, 0, 0, 0);

  /** The counts with another row. */
  Confusion plus(boolean decision, boolean label) {
    return new Confusion(
        truePositives + (decision && label ? 1 : 0),
        falsePositives + (decision && !label ? 1 : 0),
        falseNegatives + (!decision && label ? 1 : 0),
        trueNegatives + (!decision && !label ? 1 : 0));
  }

  /** The sum of two. */
  public Confusion plus(Confusion other) {
    return new Confusion(
        truePositives + other.truePositives,
        falsePositives + other.falsePositives,
        falseNegatives + other.falseNegatives,
        trueNegatives + other.trueNegatives);
  }

  /** These counts without those of a part of the rows. */
  Confusion minus(Confusion part) {
    return new Confusion(
        truePositives - part.truePositives,
        falsePositives - part.falsePositives,
        falseNegatives - part.falseNegatives,
        trueNegatives - part.trueNegatives);
  }

  /** Rows with a decision. */
  public long total() {
    return truePositives + falsePositives + falseNegatives + trueNegatives;
  }

  /** Rows whose decision is not their label. */
  public long errors() {
    return falsePositives + falseNegatives;
  }

  /** Rows decided positive. */
  long decidedPositive() {
    return truePositives + falsePositives;
  }

  /** Rows with a positive label. */
  long labelledPositive() {
    return truePositives + falseNegatives;
  }

  /** Rows with a negative label. */
  long labelledNegative() {
    return falsePositives + trueNegatives;
  }
}
