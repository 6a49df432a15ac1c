package dev.millrace.drift.sequence;

/**
 * The most likely beginning of one possible change (Page's CUSUM, Biometrika 41, 1954).
 *
 * @param logRatio log likelihood ratio of the batches since then; 0 without evidence
 * @param sinceMillis start of the first of these batches
 * @param labels of these batches
 * @param errors of these batches
 */
public record ChangePoint(double logRatio, long sinceMillis, long labels, long errors) {
  /** Before the first batch. */
  static final ChangePoint NONE = new ChangePoint(0, 0, 0, 0);

  ChangePoint next(double ratio, ErrorBatch batch) {
    if (logRatio + ratio <= 0) {
      return NONE;
    }
    return new ChangePoint(
        logRatio + ratio,
        labels == 0 ? batch.startMillis() : sinceMillis,
        labels + batch.labels(),
        errors + batch.errors());
  }
}
