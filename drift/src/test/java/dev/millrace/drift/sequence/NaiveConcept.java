package dev.millrace.drift.sequence;

import java.util.List;

/**
 * The twin of {@link ConceptDetector} for error rates: the sum over all change points of the ratio
 * of likelihoods, each integrated over the error rate without a change. No recursion, and a fine
 * fixed grid.
 */
final class NaiveConcept {
  private static final int NODES = 300;
  private static final double LARGEST_LOGIT = 6;

  private NaiveConcept() {}

  static double statistic(ErrorRate reference, double dispersion, List<ErrorBatch> batches) {
    Shifts shifts = new Shifts(reference.smallestShift());
    double without = 0;
    double with = 0;
    for (int i = 0; i < NODES; i++) {
      double logit = LARGEST_LOGIT * (2 * (i + 0.5) / NODES - 1);
      double prior =
          (logit * reference.errors() - reference.labels() * reference.logPartition(logit))
              / dispersion;
      without += Math.exp(prior + log(batches, logit) / dispersion);
      for (int k = 0; k < batches.size(); k++) {
        double before = log(batches.subList(0, k), logit);
        List<ErrorBatch> after = batches.subList(k, batches.size());
        for (int j = 0; j < Shifts.COUNT; j++) {
          double log = before + log(after, logit + shifts.shift(j));
          with += batches.get(k).span() * shifts.weight(j) * Math.exp(prior + log / dispersion);
        }
      }
    }
    return with / without;
  }

  private static double log(List<ErrorBatch> batches, double logit) {
    double p = 1 / (1 + Math.exp(-logit));
    long labels = batches.stream().mapToLong(ErrorBatch::labels).sum();
    long errors = batches.stream().mapToLong(ErrorBatch::errors).sum();
    return errors * Math.log(p) + (labels - errors) * Math.log(1 - p);
  }
}
