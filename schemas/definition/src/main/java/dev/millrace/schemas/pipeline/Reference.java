package dev.millrace.schemas.pipeline;

/** What the drift detector compares a window with. */
public enum Reference {
  /** The profile of the training data that lies beside the model; the default. */
  TRAINING
}
