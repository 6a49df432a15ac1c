package dev.millrace.drift.quality;

import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.jspecify.annotations.Nullable;

/**
 * The second model less the first one, on the same events. A negative difference of a loss means
 * that the second one is better.
 *
 * @param rows events compared
 * @param accuracy difference of the accuracies
 * @param accuracyInterval of 95 %
 * @param pValue that the accuracies are equal
 * @param brier difference of the Brier scores
 * @param brierInterval of 95 %; null with fewer than 2 rows
 * @param logLoss difference of the log losses
 * @param logLossInterval of 95 %; null with fewer than 2 rows
 */
public record PairedComparison(
    long rows,
    double accuracy,
    Interval accuracyInterval,
    double pValue,
    double brier,
    @Nullable Interval brierInterval,
    double logLoss,
    @Nullable Interval logLossInterval) {

  /**
   * Compares two models.
   *
   * @param counts of at least one event
   */
  public static PairedComparison of(PairedCounts counts, Dispersion dispersion) {
    long n = counts.rows();
    return new PairedComparison(
        n,
        (double) (counts.onlySecond() - counts.onlyFirst()) / n,
        accuracyInterval(counts, dispersion),
        mcNemar(counts.onlyFirst(), counts.onlySecond(), dispersion),
        counts.brier().mean(n),
        Intervals.mean(counts.brier(), n, dispersion),
        counts.logLoss().mean(n),
        Intervals.mean(counts.logLoss(), n, dispersion));
  }

  /** Half a row is added to each of the four cells (Agresti, Min, Statistics in Medicine 24). */
  private static Interval accuracyInterval(PairedCounts counts, Dispersion dispersion) {
    double n = counts.rows() + 2.0;
    double first = counts.onlyFirst() + 0.5;
    double second = counts.onlySecond() + 0.5;
    double difference = (second - first) / n;
    double variance = ((first + second) / n - difference * difference) / n;
    double half = dispersion.critical(Intervals.ALPHA) * Math.sqrt(variance * dispersion.phi());
    return new Interval(Math.max(-1, difference - half), Math.min(1, difference + half));
  }

  /**
   * McNemar's test (Psychometrika 12, 1947) in its exact form: of the events that one model decides
   * right, each is decided right by either with the same probability. Dependent rows count as
   * 1/phi, rounded so that the p-value is not smaller.
   */
  static double mcNemar(long onlyFirst, long onlySecond, Dispersion dispersion) {
    double fewer = Math.ceil(Math.min(onlyFirst, onlySecond) / dispersion.phi());
    double more = Math.floor(Math.max(onlyFirst, onlySecond) / dispersion.phi());
    return more <= fewer ? 1 : Math.min(1, 2 * RegularizedBeta.value(0.5, more, fewer + 1));
  }
}
