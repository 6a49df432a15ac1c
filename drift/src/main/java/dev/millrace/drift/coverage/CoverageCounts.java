package dev.millrace.drift.coverage;

import dev.millrace.drift.labels.JoinResult;

/**
 * What the label join decided about predictions. Counts of one window add up exactly, in any order.
 *
 * @param predictions taken by the join, each event once
 * @param labelled with an observed label within maturity
 * @param assumed matured without one; the pipeline's {@code otherwise} was used
 * @param expired matured without one, and the pipeline has no {@code otherwise}
 * @param dropped given up, because labels were silent
 */
public record CoverageCounts(
    long predictions, long labelled, long assumed, long expired, long dropped) {
  /** No predictions. */
  public static final CoverageCounts NONE = new CoverageCounts(0, 0, 0, 0, 0);

  /** One prediction that the join has taken. */
  public static final CoverageCounts ONE_TAKEN = new CoverageCounts(1, 0, 0, 0, 0);

  /**
   * One decision about a prediction that was taken before.
   *
   * @throws IllegalArgumentException for a result that decides no prediction
   */
  public static CoverageCounts decided(JoinResult result) {
    return switch (result) {
      case PREDICTIONS_LABELED -> new CoverageCounts(0, 1, 0, 0, 0);
      case PREDICTIONS_ASSUMED -> new CoverageCounts(0, 0, 1, 0, 0);
      case PREDICTIONS_EXPIRED -> new CoverageCounts(0, 0, 0, 1, 0);
      case PREDICTIONS_UNLABELED -> new CoverageCounts(0, 0, 0, 0, 1);
      default -> throw new IllegalArgumentException(result + " decides no prediction");
    };
  }

  /** The sum of both. */
  public CoverageCounts plus(CoverageCounts other) {
    return new CoverageCounts(
        predictions + other.predictions,
        labelled + other.labelled,
        assumed + other.assumed,
        expired + other.expired,
        dropped + other.dropped);
  }

  /** Share of the predictions with an observed label; 0 without predictions. */
  public double share() {
    return predictions == 0 ? 0 : (double) labelled / predictions;
  }

  /** Predictions without an observed label: assumed, expired, dropped or still waiting. */
  public long unlabelled() {
    return predictions - labelled;
  }
}
