package dev.millrace.schemas.pipeline;

/** The distribution that drift detection compares a window with. */
public enum Reference {
  /** The profile of the training data in the model's directory; the default. */
  TRAINING
}
