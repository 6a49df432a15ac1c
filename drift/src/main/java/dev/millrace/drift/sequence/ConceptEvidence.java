package dev.millrace.drift.sequence;

/**
 * What a {@link ConceptDetector} has found so far.
 *
 * @param statistic Shiryaev-Roberts statistic over all changes
 * @param threshold at which it alarms
 * @param drift whether errors have changed, within the budget of false alarms, and not back again
 * @param direction of the most likely change
 * @param before mean error without a change, from 0 to 1: reference and stream
 * @param since mean error since the most likely change, from 0 to 1; {@code before} if there is no
 *     evidence of one
 * @param sinceMillis event time of the most likely change; 0 if there is no evidence of one
 * @param labels rows since then
 */
public record ConceptEvidence(
    double statistic,
    double threshold,
    boolean drift,
    Direction direction,
    double before,
    double since,
    long sinceMillis,
    long labels) {
  /** Whether errors became more or less frequent. */
  public enum Direction {
    /** More errors. */
    WORSE,
    /** Fewer errors. */
    BETTER
  }

  /** Odds of an error since the change, divided by those before. */
  public double oddsRatio() {
    return since / (1 - since) / (before / (1 - before));
  }
}
