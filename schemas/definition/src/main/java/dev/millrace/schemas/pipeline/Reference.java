package dev.millrace.schemas.pipeline;

/** The distribution that drift detection compares a window with. */
public enum Reference {
  /** The profile of the training data in the model's directory; the default. */
  TRAINING,
  /**
   * The same, but of it only the windows of the same hour of the week (in UTC), so that a daily or
   * weekly rhythm does not hide smaller changes.
   */
  HOUR_OF_WEEK
}
