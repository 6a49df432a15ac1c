package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Metric.Name;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metrics of scores against labels of two classes. */
public final class BinaryMetrics {
  private final BinaryCounts counts;
  private final Overdispersion dispersion;
  private final List<Metric> metrics = new ArrayList<>();

  private BinaryMetrics(BinaryCounts counts, Overdispersion dispersion) {
    this.counts = counts;
    this.dispersion = dispersion;
  }

  /**
   * The metrics that the rows define, in the order of {@link Name}: those of decisions need
   * decisions, recall needs positive labels, areas need both classes, and the metrics of
   * probabilities need scores from 0 to 1.
   */
  public static List<Metric> of(BinaryCounts counts, Overdispersion dispersion) {
    BinaryMetrics metrics = new BinaryMetrics(counts, dispersion);
    if (counts.total() > 0) {
      metrics.decisions(counts.confusion());
      long positives = counts.scores().total(true);
      metrics.share(Name.BASE_RATE, positives, counts.total());
      if (counts.areProbabilities()) {
        metrics.areas();
        metrics.losses();
      }
    }
    return List.copyOf(metrics.metrics);
  }

  private void decisions(Confusion decided) {
    long right = decided.truePositives();
    share(Name.ACCURACY, right + decided.trueNegatives(), decided.total());
    share(Name.PRECISION, right, decided.decidedPositive());
    share(Name.RECALL, right, decided.labelledPositive());
    long either = right + decided.errors();
    if (either > 0) {
      // F1 = 2J/(1+J) grows with J, the share of true positives among rows positive in either.
      Interval jaccard = Intervals.share(right, either, dispersion);
      add(
          Name.F1,
          f1((double) right / either),
          new Interval(f1(jaccard.lower()), f1(jaccard.upper())));
    }
    share(Name.FALSE_POSITIVE_RATE, decided.falsePositives(), decided.labelledNegative());
    share(Name.POSITIVE_RATE, decided.decidedPositive(), decided.total());
  }

  static double f1(double jaccard) {
    return 2 * jaccard / (1 + jaccard);
  }

  private void areas() {
    ScoreOrder order = ScoreOrder.of(counts.scores());
    double smaller = Math.min(order.positives(), order.negatives());
    if (smaller == 0) {
      return;
    }
    double auc = order.rocAuc();
    add(
        Name.ROC_AUC,
        auc,
        smaller < 2 ? null : Intervals.area(auc, order.rocAucError(), smaller, dispersion));
    // Boyd, Eng, Page: Area Under the Precision-Recall Curve, ECML 2013, the logit interval.
    double precision = order.averagePrecision();
    double error = Math.sqrt(precision * (1 - precision) / order.positives());
    add(
        Name.PR_AUC,
        precision,
        smaller < 2 ? null : Intervals.area(precision, error, order.positives(), dispersion));
  }

  private void losses() {
    long n = counts.total();
    add(Name.LOG_LOSS, counts.logLoss().mean(n), notNegative(counts.logLoss(), n));
    add(Name.BRIER, counts.brier().mean(n), notNegative(counts.brier(), n));
    CalibrationError error = CalibrationError.of(counts);
    double reach = error.reach() * Math.sqrt(dispersion.phi());
    add(
        Name.CALIBRATION_ERROR,
        error.value(),
        new Interval(Math.max(0, error.value() - reach), Math.min(1, error.value() + reach)));
  }

  private @Nullable Interval notNegative(Moments losses, long n) {
    Interval interval = Intervals.mean(losses, n, dispersion);
    return interval == null ? null : new Interval(Math.max(0, interval.lower()), interval.upper());
  }

  private void share(Name name, long events, long n) {
    if (n > 0) {
      add(name, (double) events / n, Intervals.share(events, n, dispersion));
    }
  }

  private void add(Name name, double value, @Nullable Interval interval) {
    metrics.add(new Metric(name, value, interval));
  }
}
