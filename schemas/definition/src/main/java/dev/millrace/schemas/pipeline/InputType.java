package dev.millrace.schemas.pipeline;

/** Type of a model input, as in predictions. */
public enum InputType {
  /** double. */
  NUMBER,
  /** long. */
  INTEGER,
  /** string. */
  TEXT,
  /** boolean. */
  BOOLEAN
}
