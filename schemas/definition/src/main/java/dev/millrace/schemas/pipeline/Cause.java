package dev.millrace.schemas.pipeline;

/** A cause that may trigger retraining. */
public enum Cause {
  /** The distribution of a model input drifted. */
  DATA,
  /** The distribution of the score drifted. */
  PREDICTION
}
