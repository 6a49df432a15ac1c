package dev.millrace.schemas.pipeline;

/** What may trigger retraining. */
public enum Cause {
  /** The distribution of a model input drifted. */
  DATA,
  /** The distribution of the score drifted. */
  PREDICTION
}
