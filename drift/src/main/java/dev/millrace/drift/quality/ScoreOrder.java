package dev.millrace.drift.quality;

/**
 * How well scores order two classes. Scores of one bin count as equal.
 *
 * @param rocAuc area under the receiver operating characteristic
 * @param rocAucError its standard error (DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988)
 * @param rocAucResolution bound of the difference to the area of the scores themselves: half of the
 *     pairs of a positive and a negative in the same bin
 * @param averagePrecision area under the precision-recall curve, as a step function
 * @param positives weight of the positive class
 * @param negatives weight of the negative class
 */
record ScoreOrder(
    double rocAuc,
    double rocAucError,
    double rocAucResolution,
    double averagePrecision,
    double positives,
    double negatives) {

  /** Weights of classes by bin: counts of rows, or sums of probabilities. */
  interface Weights {
    double of(int bin, boolean positive);
  }

  /** The order of a histogram by label. */
  static ScoreOrder of(ScoreHistogram scores) {
    return of(scores::count);
  }

  /** Areas are NaN where one class is empty. */
  static ScoreOrder of(Weights weights) {
    double positives = 0;
    double negatives = 0;
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      positives += weights.of(bin, true);
      negatives += weights.of(bin, false);
    }
    double pairs = 0;
    double ties = 0;
    double precision = 0;
    double positivesAbove = 0;
    double negativesAbove = 0;
    for (int bin = ScoreBins.COUNT - 1; bin >= 0; bin--) {
      double positive = weights.of(bin, true);
      double negative = weights.of(bin, false);
      pairs += negative * (positivesAbove + positive / 2);
      ties += positive * negative;
      positivesAbove += positive;
      negativesAbove += negative;
      if (positive > 0) {
        precision += positive * positivesAbove / (positivesAbove + negativesAbove);
      }
    }
    double auc = pairs / positives / negatives;
    return new ScoreOrder(
        auc,
        Math.sqrt(variance(weights, positives, negatives, auc)),
        ties / positives / negatives / 2,
        precision / positives,
        positives,
        negatives);
  }

  private static double variance(Weights weights, double positives, double negatives, double auc) {
    double ofPositives = 0;
    double ofNegatives = 0;
    double positivesBelow = 0;
    double negativesBelow = 0;
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      double positive = weights.of(bin, true);
      double negative = weights.of(bin, false);
      double beats = (negativesBelow + negative / 2) / negatives - auc;
      double beaten = (positives - positivesBelow - positive / 2) / positives - auc;
      ofPositives += positive * beats * beats;
      ofNegatives += negative * beaten * beaten;
      positivesBelow += positive;
      negativesBelow += negative;
    }
    return ofPositives / (positives - 1) / positives + ofNegatives / (negatives - 1) / negatives;
  }
}
