package dev.millrace.drift.sequence;

import java.util.List;

/**
 * The twin of {@link ConceptDetector} for error rates: the sum over all change points of the ratio
 * of likelihoods, each integrated over the error rate without a change. No recursion, and a fine
 * fixed grid.
 */
final class NaiveConcept {
  private static final int NODES = 200;
  private static final double LARGEST_LOGIT = 15;

  private NaiveConcept() {}

  static double statistic(ErrorRate reference, double dispersion, List<ErrorBatch> batches) {
    Shifts shifts = new Shifts(reference.smallestShift());
    double without = 0;
    double with = 0;
    int n = batches.size();
    for (int i = 0; i < NODES; i++) {
      double logit = LARGEST_LOGIT * (2 * (i + 0.5) / NODES - 1);
      double prior = log(logit, reference.labels(), reference.errors());
      without += Math.exp((prior + log(logit, batches)) / dispersion);
      for (int k = 0; k < n; k++) {
        double before = log(logit, batches.subList(0, k));
        double labels = 0;
        double errors = 0;
        for (ErrorBatch batch : batches.subList(k, n)) {
          labels += batch.labels();
          errors += batch.errors();
        }
        for (int j = 0; j < Shifts.COUNT; j++) {
          double log = prior + before + log(logit + shifts.shift(j), labels, errors);
          with += batches.get(k).span() * shifts.weight(j) * Math.exp(log / dispersion);
        }
      }
    }
    return with / without;
  }

  private static double log(double logit, List<ErrorBatch> batches) {
    double sum = 0;
    for (ErrorBatch batch : batches) {
      sum += log(logit, (double) batch.labels(), (double) batch.errors());
    }
    return sum;
  }

  private static double log(double logit, double labels, double errors) {
    double p = 1 / (1 + Math.exp(-logit));
    return errors * Math.log(p) + (labels - errors) * Math.log(1 - p);
  }
}
