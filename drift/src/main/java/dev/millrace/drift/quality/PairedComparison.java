package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Metric.Name;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.jspecify.annotations.Nullable;

/**
 * The second model less the first one, on the same events: what both find hard or easy cancels out.
 *
 * @param pairs events compared
 * @param pValue of McNemar's test that both decide equally many rightly; null without decisions
 * @param differences of accuracy, Brier score and log loss, or of MAE and RMSE, with intervals of
 *     95 %; a metric that not every pair defines is left out
 */
public record PairedComparison(long pairs, @Nullable Double pValue, List<Metric> differences) {

  /**
   * Compares two models.
   *
   * @param counts of at least one event
   * @param all counts of all rows of the window, whose parts show how rows depend on each other
   */
  public static PairedComparison of(PairedCounts counts, PairedCounts all) {
    double share = (double) counts.rows() / all.rows();
    List<Metric> differences = new ArrayList<>();
    counts
        .losses()
        .forEach(
            (name, loss) ->
                differences.add(
                    difference(name, loss, counts, all.dispersion(name).ofShare(share))));
    return new PairedComparison(
        counts.rows(),
        counts.losses().containsKey(Name.ACCURACY)
            ? mcNemar(
                counts.onlyFirst(),
                counts.onlySecond(),
                all.dispersion(Name.ACCURACY).ofShare(share))
            : null,
        differences);
  }

  private static Metric difference(
      Name name, PairedLoss loss, PairedCounts counts, Overdispersion dispersion) {
    double mean = loss.values().mean(loss.rows());
    Interval interval = Intervals.mean(loss.values(), loss.rows(), dispersion);
    return switch (name) {
      case ACCURACY -> new Metric(name, mean, accuracyInterval(counts, dispersion));
      case RMSE -> {
        // The difference of two roots is that of the squares over the sum of the roots.
        double roots = counts.sumOfRootMeanSquares();
        yield roots > 0
            ? new Metric(
                name,
                mean / roots,
                interval == null
                    ? null
                    : new Interval(interval.lower() / roots, interval.upper() / roots))
            : new Metric(name, 0, interval);
      }
      default -> new Metric(name, mean, interval);
    };
  }

  /** Half a row is added to each of the four cells (Agresti, Min, Statistics in Medicine 24). */
  private static Interval accuracyInterval(PairedCounts counts, Overdispersion dispersion) {
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
   * 1/phi, rounded so that the p-value is not smaller; an estimated phi is increased by as much as
   * Student's t widens an interval of 95 %.
   */
  static double mcNemar(long onlyFirst, long onlySecond, Overdispersion dispersion) {
    double widening =
        dispersion.critical(Intervals.ALPHA) / Overdispersion.NONE.critical(Intervals.ALPHA);
    double phi = dispersion.phi() * widening * widening;
    double fewer = Math.ceil(Math.min(onlyFirst, onlySecond) / phi);
    double more = Math.floor(Math.max(onlyFirst, onlySecond) / phi);
    return more <= fewer ? 1 : Math.min(1, 2 * RegularizedBeta.value(0.5, more, fewer + 1));
  }
}
