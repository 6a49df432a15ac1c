package dev.millrace.drift.quality;

/**
 * How the rate of one slice differs from that of all other rows.
 *
 * @param slice value of the slice field
 * @param rate of the slice
 * @param restRate of all other rows
 * @param ratio rate over restRate; half an event is added to each, so that it is finite
 * @param interval of the ratio, 95 % confidence, not corrected for the number of slices
 * @param pValue of the hypothesis that the ratio of this window lies within the threshold
 */
public record Disparity(
    String slice,
    Measure measure,
    double rate,
    double restRate,
    double ratio,
    Interval interval,
    double pValue) {
  /** The compared rates. */
  public enum Measure {
    /** Share of positive decisions: demographic parity. */
    POSITIVE_RATE,
    /** Share of positive decisions among positive labels: equal opportunity. */
    TRUE_POSITIVE_RATE,
    /** Share of positive decisions among negative labels. */
    FALSE_POSITIVE_RATE;

    long events(Confusion rows) {
      return switch (this) {
        case POSITIVE_RATE -> rows.decidedPositive();
        case TRUE_POSITIVE_RATE -> rows.truePositives();
        case FALSE_POSITIVE_RATE -> rows.falsePositives();
      };
    }

    long total(Confusion rows) {
      return switch (this) {
        case POSITIVE_RATE -> rows.total();
        case TRUE_POSITIVE_RATE -> rows.labelledPositive();
        case FALSE_POSITIVE_RATE -> rows.labelledNegative();
      };
    }
  }
}
