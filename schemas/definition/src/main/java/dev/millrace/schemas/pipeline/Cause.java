package dev.millrace.schemas.pipeline;

/** A cause that may trigger retraining. */
public enum Cause {
  /** The distribution of a model input drifted. */
  DATA,
  /** The distribution of the score drifted. */
  PREDICTION,
  /** The model is wrong more often; needs labels. */
  CONCEPT,
  /** A figure of the model's quality, measured or estimated, is lower. */
  QUALITY
}
