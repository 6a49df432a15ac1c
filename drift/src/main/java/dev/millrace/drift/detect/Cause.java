package dev.millrace.drift.detect;

/**
 * Why a window is unusual. Each cause has a share of the budget of false alarms, and an episode and
 * an alert of its own.
 */
public enum Cause {
  /** The values of an input are distributed differently. */
  DATA("data-drift", false, 0.6),
  /** The model's scores are distributed differently. */
  PREDICTION("prediction-drift", false, 0.6),
  /** More or fewer values are null, NaN, infinite or of the wrong type. */
  DATA_QUALITY("data-quality", false, 0.1),
  /** More categories occur that the reference does not contain. */
  UNSEEN_CATEGORIES("unseen-categories", false, 0.05),
  /** More inputs had no value in the online store. */
  MISSING_FEATURES("missing-features", false, 0.05),
  /** Inputs are older, or more predictions did not wait for them long enough. */
  FRESHNESS("freshness", false, 0.05),
  /** Fewer predictions have got a label in time. */
  LABEL_COVERAGE("label-coverage", false, 0.05),
  /** The model is wrong more or less often. */
  CONCEPT("concept-drift", true, 0.04),
  /** A measured or estimated figure of quality is lower. */
  QUALITY("quality", true, 0.03),
  /** The model treats slices of the data differently. */
  FAIRNESS("fairness", true, 0.03);

  private final String key;
  private final boolean critical;
  private final double share;

  Cause(String key, boolean critical, double share) {
    this.key = key;
    this.critical = critical;
    this.share = share;
  }

  /** The last part of the key of its alerts. */
  public String key() {
    return key;
  }

  /**
   * Whether the model's decisions have become worse, by labels or by an estimate. Other causes are
   * warnings: inputs may change without any loss of quality.
   */
  public boolean critical() {
    return critical;
  }

  /**
   * The share of the budget of false alarms. DATA and PREDICTION have one share together, evenly
   * over the inputs and the score; the shares of all causes are 1. Drift has most of it, since it
   * is tested in every feature; the others need little, since their changes are large.
   */
  public double share() {
    return share;
  }
}
