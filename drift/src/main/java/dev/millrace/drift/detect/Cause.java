package dev.millrace.drift.detect;

/**
 * Why a window is unusual. Each cause has a share of the budget of false alarms, and an episode and
 * an alert of its own.
 */
public enum Cause {
  /** The values of an input are distributed differently. */
  DATA("data-drift", false),
  /** The model's scores are distributed differently. */
  PREDICTION("prediction-drift", false),
  /** More or fewer values are null, NaN, infinite or of the wrong type. */
  DATA_QUALITY("data-quality", false),
  /** More categories occur that the reference does not contain. */
  UNSEEN_CATEGORIES("unseen-categories", false),
  /** More inputs had no value in the online store. */
  MISSING_FEATURES("missing-features", false),
  /** Inputs are older, or more predictions did not wait for them long enough. */
  FRESHNESS("freshness", false),
  /** Fewer predictions have got a label in time. */
  LABEL_COVERAGE("label-coverage", false),
  /** The model is wrong more or less often. */
  CONCEPT("concept-drift", true),
  /** A measured or estimated figure of quality is lower. */
  QUALITY("quality", true),
  /** The model treats slices of the data differently. */
  FAIRNESS("fairness", true);

  private final String key;
  private final boolean critical;

  Cause(String key, boolean critical) {
    this.key = key;
    this.critical = critical;
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
}
